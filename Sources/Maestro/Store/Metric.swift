// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// The one row that every reflection job leaves.
package struct Metric: Hashable, Sendable, Codable {
    package var reflectionJob: Reflection.ID
    package var job: Job.ID
    package var user: UserID
    package var piece: String?
    package var outcome: Reflection.Outcome
    package var memoryChanges: Int
    package var pieceEdited: Bool
    /// Sums over all asks; nil: unknown.
    package var tokensIn: Int?
    package var tokensOut: Int?
    package var durationMilliseconds: Int
    package var at: Date

    package init(
        reflectionJob: Reflection.ID,
        job: Job.ID,
        user: UserID,
        piece: String?,
        outcome: Reflection.Outcome,
        memoryChanges: Int,
        pieceEdited: Bool,
        tokensIn: Int?,
        tokensOut: Int?,
        durationMilliseconds: Int,
        at: Date
    ) {
        self.reflectionJob = reflectionJob
        self.job = job
        self.user = user
        self.piece = piece
        self.outcome = outcome
        self.memoryChanges = memoryChanges
        self.pieceEdited = pieceEdited
        self.tokensIn = tokensIn
        self.tokensOut = tokensOut
        self.durationMilliseconds = durationMilliseconds
        self.at = at
    }
}
