// SPDX-License-Identifier: Apache-2.0

/// A job that has ended, with its (redacted) activity: what is submitted.
package struct FinishedJob: Hashable, Sendable {
    package var job: Job
    package var activity: Activity

    package init(job: Job, activity: Activity) {
        self.job = job
        self.activity = activity
    }
}
