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

extension FinishedJob {
    /// The same under an id of its own, where its id belongs to another transcript: `<id>~<hash of its events>`.
    package var underOwnID: FinishedJob {
        func id(_ hash: ContentHash) -> Job.ID { Job.ID("\(job.id)~\(hash.hex.prefix(8))") }
        var other = self
        other.job.id = id(activity.contentHash)
        other.earlierIDs = activity.earlierContentHashes.map(id)
        return other
    }
}
