// SPDX-License-Identifier: Apache-2.0

/// A job that ended dead while it was claimed, so that nobody works on it and can tell.
package struct Burial: Hashable, Sendable {
    package let job: Job
    /// Why: it was taken over for the third time, or cannot be read.
    package let error: String

    package init(job: Job, error: String) {
        self.job = job
        self.error = error
    }
}
