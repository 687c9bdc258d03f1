// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// How a running job goes back into the queue.
package struct Postponement: Hashable, Sendable {
    /// Not to be claimed by a worker before.
    package var due: Date
    /// Whether it counts against the job: not where the endpoint or this worker is to blame.
    package var isCounted: Bool
    /// The sentence of the failure; nil where a worker only hands the job back.
    package var error: String?

    package init(due: Date, isCounted: Bool, error: String? = nil) {
        self.due = due
        self.isCounted = isCounted
        self.error = error
    }
}
