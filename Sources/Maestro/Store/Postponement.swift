// SPDX-License-Identifier: Apache-2.0

/// How a running job goes back into the queue.
package struct Postponement: Hashable, Sendable {
    /// Not to be claimed by a worker before, by the clock of the store: the holder's need not agree with it.
    package var wait: Duration
    /// Whether it counts against the job: not where the endpoint or this worker is to blame.
    package var isCounted: Bool
    /// Whether a reply that was kept is forgotten, because it is of no use: the next try asks anew.
    package var forgetsReply: Bool
    /// The sentence of the failure; nil where a worker only hands the job back.
    package var error: String?

    package init(wait: Duration, isCounted: Bool, forgetsReply: Bool = false, error: String? = nil) {
        self.wait = wait
        self.isCounted = isCounted
        self.forgetsReply = forgetsReply
        self.error = error
    }
}
