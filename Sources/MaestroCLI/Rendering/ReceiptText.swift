// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// A receipt as a person reads it: what was learned and on whose words, what waits, what was not kept and why.
struct ReceiptText {
    let receipt: Receipt
    /// The user's folder, for the paths of what was written.
    ///
    /// Nil where documents are no files: then paths stand alone.
    let userFolder: String?
    /// How the transcript was read: `claude-code, 31 events`; nil where none was.
    var source: String?
    /// What the next job would be told; nil to leave that part out.
    var recall: Recall?
    /// False where the error is said elsewhere, on stderr.
    var showsError = true
    /// Whether nothing was written, so that there is nothing to decide or to undo.
    var isDryRun = false
    /// Most decisions of one kind that are told; the rest is counted.
    var limit = 3

    private var reflection: Reflection { receipt.reflection }

    var lines: [String] {
        [heading] + problems + learned + waiting + refused + told + undo
    }

    private var heading: String {
        var words = [Terminal.bold("Reflection \(reflection.id.short): \(reflection.outcome.rawValue)")]
        if let job = reflection.job { words.append("job \(job.rawValue.cut(toBytes: 60))") }
        if let source { words.append(source) }
        if reflection.kind == .job { words.append(outcome) }
        words.append("by \(reflection.reflector)" + (receipt.wasDoneBefore ? ", done before" : ""))
        return words.joined(separator: " · ")
    }

    private var outcome: String {
        let inferred = reflection.jobOutcome.inferred.map { " (inferred: \($0.cut(toBytes: 60)))" } ?? ""
        return "\(reflection.jobOutcome.status.rawValue)\(inferred)"
    }

    private var problems: [String] {
        var lines: [String] = []
        if showsError, let error = reflection.error { lines.append("  \(error)") }
        if receipt.decisions.isEmpty, !reflection.reasoning.isEmpty {
            lines.append("  \(reflection.reasoning.onOneLine)")
        }
        lines += receipt.superseded.map {
            "  `\($0.relative)` was edited by someone in that instant: theirs stayed, ours is in history"
        }
        return lines
    }

    private func decisions(_ verdict: Decision.Verdict) -> [Decision] {
        receipt.decisions.filter { $0.verdict == verdict }
    }

    private var learned: [String] {
        section(reflection.kind == .job ? "Learned" : "Changed", decisions(.accepted)) { decision in
            var lines = [
                "  \(decision.operation.rawValue) \(Terminal.bold(decision.name)): \(Self.essence(of: decision))"
            ]
            lines += evidence(of: decision)
            lines += decision.writes.filter { $0.after != nil }.map {
                "    \(userFolder.map { $0 + "/" } ?? "")\($0.path.relative)"
            }
            return lines
        }
    }

    private var waiting: [String] {
        section("Waits for you", decisions(.waiting)) { decision in
            let id = ChangeID(reflection.id, decision.ordinal)
            return ["  \(id.short) \(decision.name): \(decision.message)"] + evidence(of: decision)
        }
    }

    private var refused: [String] {
        section("Not kept", decisions(.rejected)) { decision in
            [
                "  \(decision.operation.rawValue) \(decision.name): \(decision.message) [\(decision.code?.rawValue ?? "")]"
            ]
        }
    }

    private func section(_ title: String, _ decisions: [Decision], _ lines: (Decision) -> [String]) -> [String] {
        guard !decisions.isEmpty else { return [] }
        let more =
            decisions.count > limit
            ? ["  … and \(decisions.count - limit) more: maestro show \(reflection.id.short)"] : []
        return [title] + decisions.prefix(limit).flatMap(lines) + more
    }

    private func evidence(of decision: Decision) -> [String] {
        decision.evidence.prefix(receipt.decisions.count > 1 ? 1 : 2).map { evidence in
            let words = evidence.text.onOneLine.cut(toBytes: 100)
            return Terminal.faint(
                "    event \(evidence.event), line \(evidence.line), \(evidence.actor.rawValue): “\(words)”"
            )
        }
    }

    /// What an entry says in a line, or what was done.
    private static func essence(of decision: Decision) -> String {
        if case .memory(let change) = decision.proposed?.change, !change.description.isEmpty {
            return change.description
        }
        return decision.message
    }

    private var told: [String] {
        guard let recall, !recall.items.isEmpty else { return [] }
        return ["The next such job would be told"]
            + recall.items.prefix(3).map { "  \(EntrySelection.line(of: $0.entry))" }
    }

    private var undo: [String] {
        guard !isDryRun else { return [] }
        var lines: [String] = []
        if !decisions(.waiting).isEmpty {
            lines.append("Decide: maestro review --accept ID, or --reject ID --reason \"…\"")
        }
        if decisions(.accepted).contains(where: { !$0.writes.isEmpty }) {
            lines.append("Undo: maestro revert \(reflection.id.short)")
        }
        return lines
    }
}
