// SPDX-License-Identifier: Apache-2.0

/// What all guards together say about one change, and the decision that it makes.
struct Ruling: Hashable, Sendable {
    let outcome: Decision.Verdict
    let code: Rejection?
    let particulars: String
    let agreesWith: String?

    /// A person said yes.
    static let approved = Ruling(outcome: .accepted, code: nil, particulars: "", agreesWith: nil)

    private init(outcome: Decision.Verdict, code: Rejection?, particulars: String, agreesWith: String?) {
        self.outcome = outcome
        self.code = code
        self.particulars = particulars
        self.agreesWith = agreesWith
    }

    /// Asks the guards in their order.
    init(on change: JudgedChange, in context: GuardContext, asking guards: [any Guard]) {
        var waits: (code: Rejection, particulars: String)?
        var agreement: String?
        for rule in guards {
            switch rule.verdict(on: change, in: context) {
            case .accept: continue
            case .agree(let other): agreement = other
            case .wait(let code, let particulars): waits = waits ?? (code, particulars)
            case .reject(let code, let particulars):
                self.init(outcome: .rejected, code: code, particulars: particulars, agreesWith: nil)
                return
            }
        }
        self.init(
            outcome: waits == nil ? .accepted : .waiting,
            code: waits?.code,
            particulars: waits?.particulars ?? "",
            agreesWith: waits == nil ? agreement : nil
        )
    }

    /// Codes whose change is not even kept for reading: its words are the trouble.
    private static let unkept: Set<Rejection> = [.secret, .injection, .personalData]

    func decision(about change: JudgedChange, in context: GuardContext) -> Decision {
        let isKept = !(code.map(Self.unkept.contains) ?? false)
        let words = isKept ? ModelWords.harmless(change.title) : ModelWords.harmlessName(change.title)
        return Decision(
            ordinal: change.proposed.ordinal,
            operation: change.operation,
            name: isKept && change.name != nil ? change.title : words,
            scope: change.scope,
            verdict: outcome,
            code: code,
            message: message(about: change),
            proposed: isKept ? change.proposed : nil,
            evidence: change.evidence?.kept ?? [],
            writes: outcome == .accepted ? change.writes : [],
            agreesWith: agreesWith
        )
    }

    private func message(about change: JudgedChange) -> String {
        guard let code else { return accepted(change) + notes(about: change) }
        let isRefused = outcome == .rejected
        let sentence =
            particulars.isEmpty ? code.sentence : "\(code.sentence): \(ModelWords.harmless(particulars, length: 300))"
        return sentence + (isRefused ? "" : notes(about: change))
    }

    private func accepted(_ change: JudgedChange) -> String {
        let place = change.scope.map { " (\($0))" } ?? ""
        switch change.operation {
        case .add: return "adds `\(change.title)`\(place)" + (agreesWith.map { "; two jobs agree, see \($0)" } ?? "")
        case .update: return "updates `\(change.title)`\(place)"
        case .remove:
            guard let target = change.target else { return "removes `\(change.title)`\(place)" }
            return "folds `\(change.title)` into `\(target.name)`\(place)"
        case .confirm: return "`\(change.title)` says so already; counted"
        case .pieceEdit: return "edits the piece `\(change.title)`"
        case .revert: return "restores `\(change.title)`"
        }
    }

    /// What was set right on the way, behind the sentence.
    private func notes(about change: JudgedChange) -> String {
        var notes: [String] = []
        if change.operation == .add, let memory = change.memory, memory.name != change.title {
            notes.append("named `\(ModelWords.harmless(memory.name))` in the reply")
        }
        if let dropped = change.evidence?.dropped, !dropped.isEmpty {
            let numbers = dropped.prefix(5).map { "#\($0)" }.joined(separator: ", ")
            notes.append("\(numbers) \(dropped.count == 1 ? "was" : "were") not among the events that may be cited")
        }
        return notes.map { "; \($0)" }.joined()
    }
}
