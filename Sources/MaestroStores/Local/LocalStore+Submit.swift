// SPDX-License-Identifier: Apache-2.0
package import Maestro
import Foundation
import GRDB

extension LocalStore {
    package func submit(_ jobs: [FinishedJob]) async throws -> [Submission] {
        try await blocking { store in
            // Encoded before the transaction, which everybody else waits for.
            let submitted = try jobs.map { try Submitted($0) }
            return try store.ledger.write { db in try submitted.map { try store.submit($0, in: db) } }
        }
    }

    package func previewSubmission(of found: FinishedJob) async throws -> Submission {
        try await blocking { store in
            let submitted = try Submitted(found)
            return try store.ledger.read { try store.placement(of: submitted, in: $0).submission }
        }
    }

    private func submit(_ submitted: Submitted, in db: Database) throws -> Submission {
        let placement = try placement(of: submitted, in: db)
        switch placement {
        case .existing(let known):
            if known.lacksActivity, known.state != .done {
                // Forgotten or damaged meanwhile: it can be brought back again.
                try keep(submitted, of: known.job, in: db)
            }
        case .replaces(let known): try replace(known.job, with: submitted, in: db)
        case .continues(let job, _), .new(let job):
            guard try insert(job, submitted, in: db) else { return .existing(job.id, .queued) }
        }
        return placement.submission
    }

    private func placement(of submitted: Submitted, in db: Database) throws -> Placement {
        let found = submitted.found
        for id in try GrowthRows.known(of: found, in: db) {
            let standings = try GrowthRows.chain(of: id, user: found.job.user, in: db)
            if let unreadable = standings.first(where: { !$0.isReadable }) {
                return .existing(submitted.standing(behind: unreadable.job, unreadable.state))
            }
            let chain = try standings.map { standing in
                submitted.known(
                    standing.job,
                    standing.state,
                    attempt: standing.attempt,
                    events: standing.events,
                    kept: try ActivityRows.text(of: standing.job.id, user: found.job.user, in: db)
                )
            }
            if let placement = submitted.placement(in: id, among: chain) { return placement }
            // The id is another transcript's.
            if found.earlierIDs.isEmpty { return try self.placement(of: Submitted(found.underOwnID), in: db) }
        }
        return .new(found.job)
    }

    private func insert(_ job: Job, _ submitted: Submitted, in db: Database) throws -> Bool {
        guard try JobRows.insert(job, at: now, in: db) else { return false }
        try keep(submitted, of: job, in: db)
        return true
    }

    private func keep(_ submitted: Submitted, of job: Job, in db: Database) throws {
        try ActivityRows.keep(submitted.text, events: submitted.events, of: job.id, user: job.user, at: now, in: db)
    }

    /// The longer activity takes the place of the shorter, and a reply that was built from the shorter goes with it.
    private func replace(_ known: Job, with submitted: Submitted, in db: Database) throws {
        var job = known
        job.outcome = submitted.job.outcome
        job.endedAt = submitted.job.endedAt
        job.task = submitted.job.task
        try JobRows.replaceBody(of: job, in: db)
        try keep(submitted, of: job, in: db)
        try ReplyRows.eraseText(for: Reflection.ID(user: job.user, job: job.id), in: db)
    }
}
