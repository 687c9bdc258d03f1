// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// One recall: what an agent was told, so that later outcomes can be laid against it.
package struct RecallRecord: Sendable {
    package struct Exposure: Sendable, Hashable {
        package var path: DocumentPath
        package var hash: ContentHash
        /// 1 for the best match.
        package var rank: Int
        package var inFull: Bool

        package init(path: DocumentPath, hash: ContentHash, rank: Int, inFull: Bool) {
            self.path = path
            self.hash = hash
            self.rank = rank
            self.inFull = inFull
        }
    }

    package var id: String
    package var user: UserID
    package var scope: Scope
    package var job: Job.ID?
    package var time: Date
    package var budgetTokens: Int
    package var exposures: [Exposure]

    package init(
        id: String,
        user: UserID,
        scope: Scope,
        job: Job.ID? = nil,
        time: Date,
        budgetTokens: Int,
        exposures: [Exposure]
    ) {
        self.id = id
        self.user = user
        self.scope = scope
        self.job = job
        self.time = time
        self.budgetTokens = budgetTokens
        self.exposures = exposures
    }
}
