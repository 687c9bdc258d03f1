// SPDX-License-Identifier: Apache-2.0

/// `untrusted_evidence`: a change of memory is applied only where a person said it, or two jobs agree.
///
/// What rests on tools' or the agent's words waits; what rests on the host's own text is refused. Words of a customer are
/// evidence about procedure and never a wish of the owner.
struct ProvenanceGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard let evidence = change.evidence, evidence.isCited, !evidence.supporting.isEmpty else { return .accept }
        guard evidence.isMoreThanHarness else {
            return .reject(.untrustedEvidence, "only text that the host inserted")
        }
        guard change.pieceEdit == nil else { return .accept }
        if context.counterpart == .other {
            return unsupported(change, "the person in this log is not the owner")
        }
        if !evidence.human.isEmpty { return .accept }
        if let other = agreeing(with: change, in: context) { return .agree(with: other) }
        return unsupported(change, "")
    }

    /// Saying an entry again changes no text: there is nothing for a person to decide.
    private func unsupported(_ change: JudgedChange, _ particulars: String) -> GuardVerdict {
        change.operation == .confirm ? .reject(.untrustedEvidence, particulars) : .wait(.untrustedEvidence, particulars)
    }

    /// The waiting change of another job that says the same about the project.
    ///
    /// An agent that repeats itself in a session that went on is no second one. Nor is one whose evidence is the same words at
    /// the same place: whatever its id, it is the same transcript.
    private func agreeing(with change: JudgedChange, in context: GuardContext) -> String? {
        guard change.operation == .add, let memory = change.memory, let type = memory.type, let job = context.job,
            type == .project || type == .reference
        else { return nil }
        let evidence = change.evidence?.kept ?? []
        let words = Similarity(description: memory.description, body: memory.body)
        return context.now.unconfirmed.first { other in
            !job.sharesTranscript(with: other.job) && other.type == type && other.scope == change.scope
                && !evidence.contains { ours in other.evidence.contains { $0.isSamePlace(as: ours) } }
                && words.agrees(
                    with: Similarity(description: other.description, body: other.body),
                    share: Similarity.agreement
                )
        }?.change
    }
}
