// SPDX-License-Identifier: Apache-2.0

/// Decides what of a proposal happens: every change is accepted, rejected or waits for a person.
///
/// Pure: the same values give the same judgement, whenever and however often it is asked.
package struct Judge: Sendable {
    let policy: JudgePolicy

    package init(_ policy: JudgePolicy) { self.policy = policy }

    /// In order: the first refusal is final; the first reason to wait stands unless a later guard refuses.
    ///
    /// What the change is comes first, then whether its text may be kept at all, then whether it fits the state of this
    /// moment, then what it rests on, and at last what a person reserved for themselves.
    static let guards: [any Guard] = [
        ChangeCountGuard(), FieldGuard(), ExampleGuard(), NameGuard(), SizeGuard(),
        SecretGuard(), InjectionGuard(),
        EntryGuard(), DuplicateChangeGuard(), ShownGuard(), StaleGuard(), NewEntryGuard(), EffectGuard(),
        PieceEditGuard(),
        EvidenceGuard(), PersonalDataGuard(), ProvenanceGuard(),
        PieceCooldownGuard(), ReviewGuard(),
    ]

    /// Judges the changes of one reply, in their order, on the state `now`.
    package func decide(
        _ proposal: Proposal,
        base: Base,
        job: Job,
        activity: Activity,
        now: UserState
    ) -> Judgement {
        var context = GuardContext(policy: policy, base: base, job: job, activity: activity, now: now)
        var decisions = proposal.refused
        for proposed in proposal.changes {
            let change = JudgedChange(proposed, in: context)
            let ruling = Ruling(on: change, in: context, asking: Self.guards)
            if ruling.outcome != .rejected { context.earlier.note(change.paths, addition: change.addition) }
            decisions.append(ruling.decision(about: change, in: context))
        }
        decisions.sort { $0.ordinal < $1.ordinal }
        return Judgement(reasoning: proposal.reasoning, decisions: decisions, notes: proposal.notes)
    }

    /// Judges a waiting change again after a person said yes, on the state `now`.
    ///
    /// The person's word stands in for provenance, mode, cooldown and guarded fields; every other guard runs. Without
    /// the activity (not kept any more) the evidence was checked when the change was first judged.
    package func decideAgain(
        _ waiting: Decision,
        base: Base,
        job: Job?,
        activity: Activity?,
        now: UserState
    ) -> Decision {
        guard waiting.verdict == .waiting, let proposed = waiting.proposed else { return waiting }
        let context = GuardContext(
            policy: policy,
            base: base,
            job: job,
            activity: activity,
            now: now,
            settledScope: waiting.scope
        )
        let change = JudgedChange(proposed, in: context)
        var ruling = Ruling(on: change, in: context, asking: Self.guards)
        if ruling.outcome == .waiting { ruling = Ruling.approved }
        var decision = ruling.decision(about: change, in: context)
        if decision.evidence.isEmpty { decision.evidence = waiting.evidence }
        return decision
    }
}
