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
    fileprivate let isForgotten: Bool

    /// `events` are those of its source; `activity` is what is kept of it, nil where that is nothing or cannot be read.
    package init(_ job: Job, _ state: JobState, attempt: Int, events: Int, activity: Activity?, against found: Activity)
    {
        self.job = job
        self.state = state
        self.attempt = attempt
        isForgotten = activity == nil
        growth =
            activity == nil && job.opening != nil && job.opening != found.openingHash
            ? .otherTranscript : Growth(of: found, since: activity, with: events)
        lacksActivity = activity == nil && events == found.sourceEvents
    }

    /// The later ones are greater: by their first new event, and those from one event on by their number.
    fileprivate var place: (Int, Int, String) {
        (job.firstNewEvent ?? 0, job.id.rawValue.utf8.count, job.id.rawValue)
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
        let newestFirst = chain.sorted { $0.place > $1.place }
        // Of one that was forgotten only the count is known, which says nothing beside a newer one.
        let telling = newestFirst.enumerated().filter { $0 == 0 || !$1.isForgotten }.map(\.element)
        if let known = telling.first(where: { $0.growth == .none }) {
            self = .existing(known)
            return
        }
        let growing = telling.lazy.compactMap { known in
            if case .goesOn(let first) = known.growth { (known, first) } else { nil }
        }.first
        if let (known, first) = growing {
            self = known.isUntouched ? .replaces(known) : Self.continuation(of: job, from: first, among: chain)
            return
        }
        let branches = telling.compactMap { if case .branches(let first) = $0.growth { first } else { nil } }
        guard mayBranch, let first = branches.max() else { return nil }
        self = Self.continuation(of: job, from: first, among: chain)
    }

    /// Under an id that none of them has.
    private static func continuation(of job: Job, from first: Int, among chain: [KnownJob]) -> Placement {
        var number = 1
        while chain.contains(where: { $0.job.id == job.continued(from: first, number).id }) { number += 1 }
        return .continues(job.continued(from: first, number), from: first)
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
