// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What is submitted, with its activity as the text that is kept: what both stores do with it before and after they ask their
/// rows.
struct Submitted: Sendable {
    var found: FinishedJob
    let text: String

    var job: Job { found.job }
    var events: Int { found.activity.sourceEvents }

    init(_ found: FinishedJob) throws {
        self.found = found
        text = try JSONText.encoding(found.activity)
    }

    /// A job that is known, as it stands to this; `kept` is its activity, nil where it was forgotten.
    func known(_ job: Job, _ state: JobState, attempt: Int, events: Int, kept: String?) -> KnownJob {
        // The same once more is what is submitted most often, and reading it would take the longest here.
        let activity = kept == text ? found.activity : JSONText.readable(Activity.self, in: kept)
        return KnownJob(job, state, attempt: attempt, events: events, activity: activity, against: found.activity)
    }

    /// A job whose row nobody can read, as it stands to this: it is known, and nothing is written over it or beside it.
    func standing(behind job: Job, _ state: JobState) -> KnownJob {
        known(job, state, attempt: 1, events: events, kept: text)
    }

    /// Where it belongs among the jobs of the transcript `id`; nil where it is none of theirs.
    func placement(in id: Job.ID, among chain: [KnownJob]) -> Placement? {
        var job = found.job
        job.id = id
        return Placement(of: job, among: chain, mayBranch: found.earlierIDs.isEmpty)
    }
}
