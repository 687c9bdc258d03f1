// SPDX-License-Identifier: Apache-2.0

/// A change with its verdict: what `reflect --json` prints, history keeps, and `review` decides about later.
package struct Decision: Hashable, Sendable, Codable {
    package enum Verdict: String, Sendable, Codable, CaseIterable {
        case accepted, rejected
        /// Kept for a person, who decides on the state of that moment.
        case waiting
    }

    /// Position in the reply, from 1.
    ///
    /// With the reflection's id it is the id of the change: `3fa9c1d2e4b50718-1`.
    package var ordinal: Int
    package var operation: Change.Operation
    /// The entry or piece, as it is called on disk (as the model wrote it where it was refused).
    package var name: String
    package var scope: Scope?
    package var verdict: Verdict
    /// Set on every rejected and waiting decision; nil on accepted ones.
    package var code: Rejection?
    /// One sentence for people: what happened and why, with the particulars.
    package var message: String
    /// The change itself, so that a waiting one can be judged again.
    ///
    /// Nil where it could not be decoded, for reverts, and for a person's own words.
    package var proposed: ProposedChange?
    package var evidence: [Evidence]
    /// What to write; empty unless accepted, and for `confirm`.
    package var writes: [DocumentWrite]
    /// The waiting change of another job that this one agrees with, which is settled by it.
    package var agreesWith: String?

    package init(
        ordinal: Int,
        operation: Change.Operation,
        name: String,
        scope: Scope? = nil,
        verdict: Verdict,
        code: Rejection? = nil,
        message: String,
        proposed: ProposedChange? = nil,
        evidence: [Evidence] = [],
        writes: [DocumentWrite] = [],
        agreesWith: String? = nil
    ) {
        self.ordinal = ordinal
        self.operation = operation
        self.name = name
        self.scope = scope
        self.verdict = verdict
        self.code = code
        self.message = message
        self.proposed = proposed
        self.evidence = evidence
        self.writes = writes
        self.agreesWith = agreesWith
    }
}

/// All decisions about one reply, with the model's own reasoning.
package struct Judgement: Hashable, Sendable, Codable {
    package var reasoning: String
    package var decisions: [Decision]
    /// What was repaired or ignored while reading the reply, one sentence each.
    package var notes: [String]

    package init(reasoning: String, decisions: [Decision], notes: [String] = []) {
        self.reasoning = reasoning
        self.decisions = decisions
        self.notes = notes
    }
}
