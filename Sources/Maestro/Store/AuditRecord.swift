// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What `manifest.json` and a line of the index say about one reflection: the keys that other programs depend on
/// (design section 3), and ours beside them.
///
/// Unknown values are `null`.
package struct AuditRecord: Hashable, Sendable, Encodable {
    /// One document that the reflection changed, with hashes instead of texts.
    package struct Operation: Hashable, Sendable, Encodable {
        package var change: String?
        package var path: String
        package var before: ContentHash?
        package var after: ContentHash?
        /// Nil while nobody knows: in the index, whose line is older than the files.
        package var superseded: Bool?

        package init(change: ChangeID?, write: DocumentWrite, isSuperseded: Bool? = nil) {
            self.init(
                change: change,
                path: write.path,
                before: write.before.map { ContentHash(of: $0) },
                after: write.after.map { ContentHash(of: $0) },
                isSuperseded: isSuperseded
            )
        }

        /// Of texts whose hashes are known.
        package init(
            change: ChangeID?,
            path: DocumentPath,
            before: ContentHash?,
            after: ContentHash?,
            isSuperseded: Bool?
        ) {
            self.change = change?.description
            self.path = path.relative
            self.before = before
            self.after = after
            superseded = isSuperseded
        }
    }

    package var reflection: Reflection
    package var decisions: [Decision]
    package var operations: [Operation]
    /// The reply as it arrived; only where `storeLlmRaw`.
    package var llmRaw: String?
    /// `commit`, or `settle <change>` for a waiting change that was decided later.
    package var event: String

    package init(
        reflection: Reflection,
        decisions: [Decision],
        operations: [Operation],
        llmRaw: String? = nil,
        event: String = "commit"
    ) {
        self.reflection = reflection
        self.decisions = decisions
        self.operations = operations
        self.llmRaw = llmRaw
        self.event = event
    }

    private enum Key: String, CodingKey {
        case originalJobId, userId, pieceName, outcome, reasoning, modelUsed, tokensIn, tokensOut, memoryChanges
        case pieceEdited, rejections, llmRaw
        case reflection, kind, scope, createdAt, jobOutcome, reflector, durationMs, notes, reverts, decisions,
            operations
        case event
    }

    private struct Refused: Encodable {
        var code: String
        var name: String
    }

    private struct Verdict: Encodable {
        var ordinal: Int
        var op: String
        var name: String
        var scope: String?
        var verdict: String
        var code: String?
        var message: String
        var evidence: [Evidence]
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(reflection.job?.rawValue, forKey: .originalJobId)
        try values.encode(reflection.user.rawValue, forKey: .userId)
        try values.encode(reflection.piece, forKey: .pieceName)
        try values.encode(reflection.outcome, forKey: .outcome)
        try values.encode(reflection.reasoning, forKey: .reasoning)
        try values.encode(reflection.model, forKey: .modelUsed)
        try values.encode(reflection.tokensIn, forKey: .tokensIn)
        try values.encode(reflection.tokensOut, forKey: .tokensOut)
        try values.encode(reflection.memoryChanges, forKey: .memoryChanges)
        try values.encode(reflection.pieceEdited, forKey: .pieceEdited)
        try values.encode(refused, forKey: .rejections)
        try values.encodeIfPresent(llmRaw, forKey: .llmRaw)
        try encodeOurs(into: &values)
    }

    private func encodeOurs(into values: inout KeyedEncodingContainer<Key>) throws {
        try values.encode(reflection.id, forKey: .reflection)
        try values.encode(reflection.kind, forKey: .kind)
        try values.encode(reflection.scope, forKey: .scope)
        try values.encode(Self.text(of: reflection.createdAt), forKey: .createdAt)
        try values.encode(reflection.jobOutcome, forKey: .jobOutcome)
        try values.encode(reflection.reflector, forKey: .reflector)
        try values.encode(reflection.durationMilliseconds, forKey: .durationMs)
        try values.encode(reflection.notes, forKey: .notes)
        try values.encode(reflection.reverts, forKey: .reverts)
        try values.encode(verdicts, forKey: .decisions)
        try values.encode(operations, forKey: .operations)
        try values.encode(event, forKey: .event)
    }

    private var refused: [Refused] {
        decisions.filter { $0.verdict == .rejected }
            .map { Refused(code: $0.code?.rawValue ?? "", name: $0.name) }
    }

    private var verdicts: [Verdict] {
        decisions.map {
            Verdict(
                ordinal: $0.ordinal,
                op: $0.operation.rawValue,
                name: $0.name,
                scope: $0.scope?.text,
                verdict: $0.verdict.rawValue,
                code: $0.code?.rawValue,
                message: $0.message,
                evidence: $0.evidence
            )
        }
    }

    private static func text(of date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// As JSON with sorted keys: one line, or indented for people.
    package func json(indented: Bool) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if indented { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
