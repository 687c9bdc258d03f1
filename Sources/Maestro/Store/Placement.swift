// SPDX-License-Identifier: Apache-2.0

/// A job of a transcript that is submitted again, as the store knows it.
package struct KnownJob: Sendable {
    package let job: Job
    package let state: JobState
    /// Claims so far.
    package let attempt: Int
    package let growth: Growth
    /// Its activity was forgotten, or cannot be read, and the same is submitted now.
    package let lacksActivity: Bool

    /// `events` are those of its source; `text` is its activity as it is kept, read to `activity` where that was possible.
    package init(_ job: Job, _ state: JobState, attempt: Int, events: Int, activity: Activity?, against found: Activity)
    {
        self.job = job
        self.state = state
        self.attempt = attempt
        growth = Growth(of: found, since: activity, with: events)
        lacksActivity = activity == nil && events == found.sourceEvents
    }

    /// Nobody has reflected on it, or nobody will before a person asks for it.
    fileprivate var isUntouched: Bool {
        switch state {
        case .queued: attempt == 0
        case .dead, .cancelled: true
        case .running, .done: false
        }
    }
}

/// Where a submitted transcript belongs.
package enum Placement: Sendable {
    /// It is known.
    case existing(KnownJob)
    /// It takes the place of the shorter one.
    case replaces(KnownJob)
    /// What it has more is a job of its own.
    case continues(Job, from: Int)
    /// It is not known.
    case new(Job)

    /// Among the jobs of one transcript: the one under the plain id and its continuations.
    ///
    /// Nil where it is none of theirs. `mayBranch`: whether the id is the source's own, so that another course of the same
    /// conversation belongs to it; a hash of the events belongs to one course only.
    package init?(of job: Job, among chain: [KnownJob], mayBranch: Bool) {
        let newestFirst = chain.sorted { ($0.job.firstNewEvent ?? 0) > ($1.job.firstNewEvent ?? 0) }
        var branch: Int?
        for known in newestFirst {
            switch known.growth {
            case .none:
                self = .existing(known)
                return
            case .goesOn where known.isUntouched:
                self = .replaces(known)
                return
            case .goesOn(let first):
                guard !chain.contains(where: { $0.job.id == job.continued(from: first).id }) else { continue }
                self = .continues(job.continued(from: first), from: first)
                return
            case .branches(let first): branch = max(branch ?? 0, first)
            case .otherTranscript: continue
            }
        }
        guard mayBranch, let first = branch, !chain.contains(where: { $0.job.id == job.continued(from: first).id })
        else {
            return nil
        }
        self = .continues(job.continued(from: first), from: first)
    }

    /// What is answered when that is done.
    package var submission: Submission {
        switch self {
        case .existing(let known): .existing(known.job.id, known.state)
        case .replaces(let known): .grown(known.job.id, known.state)
        case .continues(let job, let first): .continued(job.id, from: first)
        case .new(let job): .queued(job.id)
        }
    }
}
