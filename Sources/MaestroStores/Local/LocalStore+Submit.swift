// SPDX-License-Identifier: Apache-2.0
package import Maestro
import Foundation
import GRDB

extension LocalStore {
    /// What is submitted, with its activity as the text that is kept.
    private struct Submitted: Sendable {
        var found: FinishedJob
        let text: String

        var job: Job { found.job }
        var events: Int { found.activity.sourceEvents }

        init(_ found: FinishedJob) throws {
            self.found = found
            text = try JSONText.encoding(found.activity)
        }
    }

    package func submit(_ jobs: [FinishedJob]) async throws -> [Submission] {
        try await blocking { store in
            // Encoded before the transaction, which everybody else waits for.
            let submitted = try jobs.map { try Submitted($0) }
            return try store.ledger.write { db in try submitted.map { try store.submit($0, in: db) } }
        }
    }

    private func submit(_ submitted: Submitted, in db: Database) throws -> Submission {
        var submitted = submitted
        if let earlier = try GrowthRows.longest(of: submitted.found, in: db) { submitted.found.job.id = earlier }
        let job = submitted.job
        guard let newest = try GrowthRows.newest(of: job.id, user: job.user, in: db) else {
            return try insert(job, submitted, in: db) ? .queued(job.id) : .existing(job.id, .queued)
        }
        let text = try ActivityRows.text(of: newest.job.id, user: job.user, in: db)
        // The same once more is what is submitted most often, and reading it would take the longest here.
        if text == submitted.text { return .existing(newest.job.id, newest.state) }
        let known = JSONText.readable(Activity.self, in: text)
        switch Growth(of: submitted.found.activity, since: known, with: newest.events) {
        case .none:
            if known == nil, newest.state != .done, submitted.events == newest.events {
                // Forgotten or damaged meanwhile: it can be brought back again.
                try ActivityRows.keep(
                    submitted.text,
                    events: submitted.events,
                    of: newest.job.id,
                    user: job.user,
                    in: db
                )
            }
            return .existing(newest.job.id, newest.state)
        case .otherTranscript:
            submitted.found = submitted.found.underOwnID
            // Two that have this id, too, in common open with the same words, and are one to us.
            return try submit(submitted, in: db)
        case .goesOn(let first):
            switch newest.state {
            case .queued where newest.attempt == 0, .dead, .cancelled:
                try replace(newest, with: submitted, in: db)
                return .grown(newest.job.id, newest.state)
            case .queued, .running, .done:
                let continuation = job.continued(from: first)
                guard try insert(continuation, submitted, in: db) else {
                    return .existing(newest.job.id, newest.state)
                }
                return .continued(continuation.id, from: first)
            }
        }
    }

    private func insert(_ job: Job, _ submitted: Submitted, in db: Database) throws -> Bool {
        guard try JobRows.insert(job, at: now, in: db) else { return false }
        try ActivityRows.keep(submitted.text, events: submitted.events, of: job.id, user: job.user, in: db)
        return true
    }

    /// The longer activity takes the place of the shorter, and a reply that was built from the shorter goes with it.
    private func replace(_ newest: JobRows.Standing, with submitted: Submitted, in db: Database) throws {
        var job = newest.job
        job.outcome = submitted.job.outcome
        job.endedAt = submitted.job.endedAt
        job.task = submitted.job.task
        try JobRows.replaceBody(of: job, in: db)
        try ActivityRows.keep(submitted.text, events: submitted.events, of: job.id, user: job.user, in: db)
        try ReplyRows.eraseText(for: newest.reflection, in: db)
    }
}
