// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// One row of history: a pass over one job, a revert, or a person's own words.
package struct Reflection: Hashable, Sendable, Codable {
    /// 16 hexadecimal digits.
    ///
    /// People may type a prefix.
    package struct ID: Hashable, Sendable {
        package let rawValue: String
        package init(_ rawValue: String) { self.rawValue = rawValue }

        /// The id of the reflection on a job: the same for every attempt, so that a commit that happened is recognised.
        package init(user: UserID, job: Job.ID) {
            rawValue = String(ContentHash(of: "\(user.rawValue)\u{1F}\(job.rawValue)").hex.prefix(16))
        }
    }

    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// What was learned from a job.
        case job
        /// Restores what earlier reflections changed.
        ///
        /// Outside learning statistics and cooldown.
        case revert
        /// A person's own words: remember, forget, and edits through the command line.
        case person
    }

    package enum Outcome: String, Sendable, Codable, CaseIterable {
        /// Something changed.
        case applied
        /// Only waiting changes.
        case proposed
        /// Nothing survived.
        case rejected
        /// Nothing worth changing.
        case abstained
        case failed, cancelled

        /// The outcome of a judgement.
        package init(of decisions: [Decision]) {
            let verdicts = Set(decisions.map(\.verdict))
            self =
                verdicts.contains(.accepted)
                ? .applied
                : verdicts.contains(.waiting) ? .proposed : verdicts.contains(.rejected) ? .rejected : .abstained
        }
    }

    package var id: ID
    package var kind: Kind
    /// The job it learned from; nil for reverts and a person's own words.
    package var job: Job.ID?
    package var user: UserID
    package var scope: Scope
    package var piece: String?
    package var jobOutcome: JobOutcome
    package var outcome: Outcome
    package var reasoning: String
    /// `offline`, `openai …`, `person`, `revert`.
    package var reflector: String
    package var model: String?
    /// Sums over all asks; nil: unknown.
    package var tokensIn: Int?
    package var tokensOut: Int?
    package var durationMilliseconds: Int
    /// Accepted decisions about memory.
    package var memoryChanges: Int
    package var pieceEdited: Bool
    package var digest: DigestSize?
    /// What was repaired, cut or ignored on the way, one sentence each.
    package var notes: [String]
    /// The sentence of the failure; nil unless `failed`.
    package var error: String?
    /// What a revert took back: ids of reflections or changes.
    package var reverts: [String]
    package var createdAt: Date

    package init(
        id: ID,
        kind: Kind,
        job: Job.ID? = nil,
        user: UserID,
        scope: Scope,
        piece: String? = nil,
        jobOutcome: JobOutcome = .unknown,
        outcome: Outcome,
        reasoning: String = "",
        reflector: String,
        model: String? = nil,
        tokensIn: Int? = nil,
        tokensOut: Int? = nil,
        durationMilliseconds: Int = 0,
        memoryChanges: Int = 0,
        pieceEdited: Bool = false,
        digest: DigestSize? = nil,
        notes: [String] = [],
        error: String? = nil,
        reverts: [String] = [],
        createdAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.job = job
        self.user = user
        self.scope = scope
        self.piece = piece
        self.jobOutcome = jobOutcome
        self.outcome = outcome
        self.reasoning = reasoning
        self.reflector = reflector
        self.model = model
        self.tokensIn = tokensIn
        self.tokensOut = tokensOut
        self.durationMilliseconds = durationMilliseconds
        self.memoryChanges = memoryChanges
        self.pieceEdited = pieceEdited
        self.digest = digest
        self.notes = notes
        self.error = error
        self.reverts = reverts
        self.createdAt = createdAt
    }
}

extension Reflection {
    /// Takes outcome and counts from its decisions.
    package mutating func count(_ decisions: [Decision]) {
        let accepted = decisions.filter { $0.verdict == .accepted }
        outcome = Outcome(of: decisions)
        memoryChanges = accepted.filter(\.isAboutMemory).count
        pieceEdited = accepted.contains { !$0.isAboutMemory }
    }
}

extension Decision {
    /// Whether it concerns memory; a revert by what it writes.
    fileprivate var isAboutMemory: Bool {
        guard operation == .revert, let path = writes.first?.path else { return operation != .pieceEdit }
        if case .piece = path { return false }
        return true
    }
}

extension Reflection.ID: Codable, CustomStringConvertible {
    package init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
    package var description: String { rawValue }
}
