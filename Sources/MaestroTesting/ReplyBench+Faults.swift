// SPDX-License-Identifier: Apache-2.0
import Maestro

extension ReplyBench {
    /// What is wrong with how `text` was judged, one sentence each: nothing may be lost in silence, and what was accepted
    /// must be a plan that leaves good documents.
    package func faults(of text: String, finishReason: String? = nil) -> [String] {
        do throws(ReplyError) {
            let judgement = try judgement(of: text, finishReason: finishReason)
            return Self.losses(of: text, in: judgement) + planFaults(of: judgement)
        } catch {
            return error.sentence.isEmpty ? ["a refused reply has no sentence"] : []
        }
    }

    // MARK: - Losses

    /// Every change that stands in the reply's object is a decision or counted in one; every key and event that was not
    /// used is in a note.
    private static func losses(of text: String, in judgement: Judgement) -> [String] {
        var reader = ReplyText(text)
        guard let object = try? reader.object() else { return ["the reply was judged without an object"] }
        let items = ReplyText.changes(of: object)
        let hasEdit = ReplyText.pieceEdit(of: object).map(isEdit) ?? false
        let expected = min(items.count, Proposal.maxRead) + (items.count > Proposal.maxRead ? 1 : 0) + (hasEdit ? 1 : 0)
        var faults: [String] = []
        if judgement.decisions.count != expected {
            faults.append("\(judgement.decisions.count) decisions about \(expected) changes")
        }
        for decision in judgement.decisions where decision.verdict != .accepted {
            if decision.code == nil || decision.message.isEmpty { faults.append("#\(decision.ordinal) has no reason") }
        }
        let isCut = judgement.notes.last?.contains("more notes") == true
        let read = Set(judgement.decisions.filter { $0.proposed != nil }.map(\.ordinal))
        let used = items.enumerated().filter { read.contains($0.offset + 1) }.map(\.element)
        if !isCut, judgement.notes.isEmpty, hasUnusedPart(object, used) { faults.append("a part was dropped silently") }
        return faults
    }

    private static func isEdit(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .string(""): false
        case .array(let items): !items.isEmpty
        case .object(let members):
            switch value["edits"] {
            case nil, .null: members.contains { ["field", "old", "new"].contains($0.key) }
            case .array(let edits): !edits.isEmpty
            default: true
            }
        default: true
        }
    }

    private static let changeKeys: Set = [
        "op", "name", "type", "description", "body", "merge_target", "events", "quote", "tentative",
    ]

    private static func hasUnusedPart(_ object: JSONValue, _ items: [JSONValue]) -> Bool {
        hasOddKeys(object, ["reasoning", "memory_changes", "piece_edit"])
            || items.contains { hasOddKeys($0, changeKeys) || hasOddEvents($0["events"]) }
    }

    /// A key that is not known, or one that stands there twice.
    private static func hasOddKeys(_ value: JSONValue, _ known: Set<String>) -> Bool {
        guard case .object(let members) = value else { return false }
        let keys = members.map(\.key)
        return Set(keys).count < keys.count || !known.isSuperset(of: keys)
    }

    private static func hasOddEvents(_ value: JSONValue?) -> Bool {
        value?.array?.contains { $0.int.map { $0 < 1 } ?? true } ?? false
    }

    // MARK: - Plans

    private func planFaults(of judgement: Judgement) -> [String] {
        let accepted = judgement.decisions.filter { $0.verdict == .accepted }
        do throws(PlanFault) {
            let plan = try Plan(reflection: Reflection.ID("r"), sequence: 1, accepted: accepted, on: state)
            return accepted.flatMap(faults(of:)) + indexFaults(after: plan)
        } catch {
            return [error.sentence]
        }
    }

    private func faults(of decision: Decision) -> [String] {
        guard !decision.writes.isEmpty else {
            return decision.operation == .confirm ? [] : ["#\(decision.ordinal) was accepted and writes nothing"]
        }
        return decision.writes.flatMap { write -> [String] in
            guard let after = write.after else { return [] }
            switch write.path {
            case .entry(_, let stem):
                return DocumentFaults.ofWritten(after, decision.proposed?.change, policy).map { "\(stem): \($0)" }
            case .piece: return DocumentFaults.ofEdited(Self.pieceText, after)
            case .index: return ["a decision writes the index"]
            }
        }
    }

    /// The index of each folder is the same when it is made again: nothing in an entry can end our part early.
    private func indexFaults(after plan: Plan) -> [String] {
        plan.scopes.compactMap { scope in
            let revision = IndexRevision(
                scope: scope,
                entries: entries.filter { $0.scope == scope },
                existing: "# Mine\n",
                use: [:]
            )
            guard let text = revision.write(after: plan.writes, at: state.moment)?.after else { return nil }
            let again = IndexRevision(scope: scope, entries: revision.entries, existing: text, use: [:])
            return again.write(after: plan.writes, at: state.moment) == nil ? nil : "the index grows by itself"
        }
    }
}
