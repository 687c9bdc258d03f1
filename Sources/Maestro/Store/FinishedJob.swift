// SPDX-License-Identifier: Apache-2.0

/// A job that has ended, with its (redacted) activity: what is submitted.
package struct FinishedJob: Hashable, Sendable {
    package var job: Job
    package var activity: Activity
    /// Ids under which it may be known from when its transcript was shorter: where the id is a hash of the events.
    package var earlierIDs: [Job.ID]

    package init(job: Job, activity: Activity, earlierIDs: [Job.ID] = []) {
        self.job = job
        self.activity = activity
        self.earlierIDs = earlierIDs
    }
}
