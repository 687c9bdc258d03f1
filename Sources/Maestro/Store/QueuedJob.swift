// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// One job as the queue has it.
package struct QueuedJob: Hashable, Sendable {
    package var job: Job
    package var state: JobState
    /// Claims so far.
    package var attempt: Int
    /// Failures that count against it; ``RetryPolicy`` says how many it may have.
    package var failures: Int
    /// How often its worker died or lost its lease.
    package var takeovers: Int
    package var dueAt: Date
    package var submittedAt: Date
    package var claimedAt: Date?
    package var endedAt: Date?
    /// The last error; nil where there was none since it was queued.
    package var error: String?

    package init(
        job: Job,
        state: JobState,
        attempt: Int,
        failures: Int,
        takeovers: Int,
        dueAt: Date,
        submittedAt: Date,
        claimedAt: Date? = nil,
        endedAt: Date? = nil,
        error: String? = nil
    ) {
        self.job = job
        self.state = state
        self.attempt = attempt
        self.failures = failures
        self.takeovers = takeovers
        self.dueAt = dueAt
        self.submittedAt = submittedAt
        self.claimedAt = claimedAt
        self.endedAt = endedAt
        self.error = error
    }
}

/// Which jobs to list: running, then queued by due time, then ended ones, the newest first.
package struct JobQuery: Hashable, Sendable {
    /// Nil: all users.
    package var user: UserID?
    /// Empty: all.
    package var states: Set<JobState>
    /// Only jobs whose id starts with this.
    package var prefix: String?
    /// Nil: all of them.
    package var limit: Int?

    package init(user: UserID?, states: Set<JobState> = [], prefix: String? = nil, limit: Int? = 50) {
        self.user = user
        self.states = states
        self.prefix = prefix
        self.limit = limit
    }
}
