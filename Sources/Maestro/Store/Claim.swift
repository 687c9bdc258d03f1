// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// A job that this process may work on, for as long as its lease lasts.
package struct Claim: Sendable {
    package let job: Job
    package let activity: Activity
    package let lease: Lease
    /// 1 for the first try.
    package let attempt: Int
    /// Failures so far that count against the job.
    package let failures: Int
    /// Its last error; nil where there was none since it was queued or a person brought it back.
    package let error: String?
    /// The end of its time in all, however often the lease is renewed, by the clock of the store.
    package let runUntil: Date
    /// How long that is from the claim on: what a holder measures by its own clock, which need not agree.
    package let runTime: Duration

    package init(
        job: Job,
        activity: Activity,
        lease: Lease,
        attempt: Int,
        failures: Int,
        error: String? = nil,
        runUntil: Date,
        runTime: Duration
    ) {
        self.job = job
        self.activity = activity
        self.lease = lease
        self.attempt = attempt
        self.failures = failures
        self.error = error
        self.runUntil = runUntil
        self.runTime = runTime
    }

    /// Whether it was claimed before and has no error: a person brought it back, or a worker that stopped handed it back.
    package var isRetry: Bool { attempt > 1 && error == nil }

    package var reflection: Reflection.ID { Reflection.ID(user: job.user, job: job.id) }
}

/// What claiming one very job gave.
package enum ClaimResult: Sendable {
    case claimed(Claim)
    /// Reflected on already: the first receipt.
    case finished(Receipt)
    /// Another live process works for this user; the sentence says which and since when.
    case busy(String)
    /// No such job.
    case unknown
}
