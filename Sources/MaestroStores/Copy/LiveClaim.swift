// SPDX-License-Identifier: Apache-2.0
package import Maestro

/// A job that somebody works on at this moment.
package struct LiveClaim: Hashable, Sendable {
    /// For people: `pid 4711 on web-1`.
    package let worker: String
    package let job: Job.ID
    package let user: UserID

    package init(worker: String, job: Job.ID, user: UserID) {
        self.worker = worker
        self.job = job
        self.user = user
    }
}
