// SPDX-License-Identifier: Apache-2.0

/// What `submit` found or did.
///
/// Each names the job that now stands for what was submitted.
package enum Submission: Hashable, Sendable {
    /// The job is queued now.
    case queued(Job.ID)
    /// It was known and nobody has reflected on it yet; it has the longer activity now.
    ///
    /// A dead or cancelled job stays so: `retry` brings it back.
    case grown(Job.ID, JobState)
    /// Its transcript went on after it was reflected on: what came since is a job of its own, queued now.
    ///
    /// Only events from number `from` on may be cited; older ones are context.
    case continued(Job.ID, from: Int)
    /// It was there before; nothing was changed.
    ///
    /// The state says how far it is.
    case existing(Job.ID, JobState)

    /// Whether there is a job now that waits and did not before.
    package var isNew: Bool {
        switch self {
        case .queued, .continued: true
        case .grown, .existing: false
        }
    }

    /// The state of a job that was known; nil where it is new.
    package var state: JobState? {
        switch self {
        case .queued, .continued: nil
        case .grown(_, let state), .existing(_, let state): state
        }
    }

    package var job: Job.ID {
        switch self {
        case .queued(let id), .grown(let id, _), .continued(let id, _), .existing(let id, _): id
        }
    }
}
