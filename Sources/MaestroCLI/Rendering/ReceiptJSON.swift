// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Receipts and their parts as JSON: names that scripts depend on.
enum ReceiptJSON {
    static func value(_ receipt: Receipt) -> JSONValue {
        let reflection = receipt.reflection
        return .make([
            ("reflection", .string(reflection.id.rawValue)), ("kind", .string(reflection.kind.rawValue)),
            ("job", optional(reflection.job?.rawValue)), ("user", .string(reflection.user.rawValue)),
            ("scope", .string(reflection.scope.text)), ("piece", optional(reflection.piece)),
            ("jobOutcome", .string(reflection.jobOutcome.status.rawValue)),
            ("jobOutcomeInferred", optional(reflection.jobOutcome.inferred)),
            ("outcome", .string(reflection.outcome.rawValue)),
            ("reasoning", .string(reflection.reasoning)), ("reflector", .string(reflection.reflector)),
            ("model", optional(reflection.model)), ("memoryChanges", number(reflection.memoryChanges)),
            ("pieceEdited", .bool(reflection.pieceEdited)),
            ("decisions", .array(receipt.decisions.map { decision($0, of: reflection.id) })),
            ("tokensIn", number(reflection.tokensIn)), ("tokensOut", number(reflection.tokensOut)),
            ("durationMs", number(reflection.durationMilliseconds)), ("snapshot", optional(receipt.snapshot)),
            ("digest", digest(reflection.digest)), ("error", optional(reflection.error)),
            ("notes", .array(reflection.notes.map(JSONValue.string))),
            ("reverts", .array(reflection.reverts.map(JSONValue.string))),
            ("createdAt", .string(time(reflection.createdAt))), ("alreadyDone", .bool(receipt.wasDoneBefore)),
            ("superseded", .array(receipt.superseded.map { .string($0.relative) })),
        ])
    }

    static func decision(_ decision: Decision, of reflection: Reflection.ID?) -> JSONValue {
        .make([
            ("id", optional(reflection.map { ChangeID($0, decision.ordinal).description })),
            ("op", .string(decision.operation.rawValue)), ("name", .string(decision.name)),
            ("scope", optional(decision.scope?.text)), ("verdict", .string(decision.verdict.rawValue)),
            ("code", optional(decision.code?.rawValue)), ("message", .string(decision.message)),
            ("evidence", .array(decision.evidence.map(evidence))),
            ("paths", .array(decision.writes.map { .string($0.path.relative) })),
        ])
    }

    private static func evidence(_ evidence: Evidence) -> JSONValue {
        .make([
            ("event", number(evidence.event)), ("line", number(evidence.line)),
            ("actor", .string(evidence.actor.rawValue)),
            ("text", .string(evidence.text)),
        ])
    }

    static func digest(_ size: DigestSize?) -> JSONValue {
        guard let size else { return .null }
        return .make([("bytes", number(size.bytes)), ("ofBytes", number(size.ofBytes))])
    }

    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    static func number(_ value: Int?) -> JSONValue { value.map { .number("\($0)") } ?? .null }
    static func time(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
