// SPDX-License-Identifier: Apache-2.0

/// What `submit` found or did.
package enum Submission: Sendable {
    /// The job is queued now.
    case queued(Job.ID)
    /// It was there before; nothing was changed.
    ///
    /// `state` says how far it is.
    case existing(Job.ID, JobState)
}
