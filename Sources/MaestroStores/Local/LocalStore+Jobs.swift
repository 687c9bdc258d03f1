// SPDX-License-Identifier: Apache-2.0
package import Maestro
import Foundation
import GRDB

extension LocalStore {
    package func submit(_ jobs: [FinishedJob]) async throws -> [Submission] {
        try await blocking { store in
            try store.ledger.write { db in
                try jobs.map { finished in
                    let job = finished.job
                    if try JobRows.insert(job, finished.activity, at: store.now, in: db) { return .queued(job.id) }
                    let state = try JobRows.standing(of: job.id, user: job.user, in: db)?.state
                    return .existing(job.id, state ?? .queued)
                }
            }
        }
    }

    package func claim(_ job: Job.ID, of user: UserID) async throws -> ClaimResult {
        let lease = Lease(token: configuration.makeToken(), until: now.addingTimeInterval(configuration.leaseSeconds))
        return try await blocking { store in
            try store.ledger.write(.unsynced) { try store.claim(job, of: user, lease: lease, in: $0) }
        }
    }

    private func claim(_ job: Job.ID, of user: UserID, lease: Lease, in db: Database) throws -> ClaimResult {
        guard let standing = try JobRows.standing(of: job, user: user, in: db) else { return .unknown }
        if standing.state == .done, let receipt = try receipt(for: Reflection.ID(user: user, job: job), in: db) {
            return .finished(receipt)
        }
        if let running = try JobRows.running(of: user, in: db) {
            if let sentence = try busy(with: running) { return .busy(sentence) }
            try JobRows.release(running, in: db)
        }
        let moment = now
        let runUntil = moment.addingTimeInterval(configuration.maxRunSeconds)
        try JobRows.claim(standing, worker: presence.token, lease: lease, runUntil: runUntil, at: moment, in: db)
        return .claimed(
            Claim(
                job: standing.job,
                activity: try JobRows.activity(of: job, user: user, in: db) ?? Activity(format: "unknown", events: []),
                lease: lease,
                attempt: standing.attempt + 1,
                failures: 0,
                runUntil: runUntil
            )
        )
    }

    /// Why the running job cannot be taken over; nil where its holder is dead or its lease ran out.
    private func busy(with running: JobRows.Standing) throws -> String? {
        guard let holder = running.holder, min(holder.leasedUntil, holder.runUntil) > now,
            try presence.isAlive(holder.worker)
        else {
            return nil
        }
        let who = try presence.note(of: holder.worker)
        let seconds = max(0, Int(now.timeIntervalSince(holder.claimedAt)))
        return "\(who) has been reflecting on job `\(holder.job)` of user `\(running.job.user)` for \(seconds) s"
    }

    package func renew(_ claim: Claim) async throws {
        try await blocking { store in
            let until = store.now.addingTimeInterval(store.configuration.leaseSeconds)
            try store.ledger.write(.unsynced) { try JobRows.renew(claim, until: until, in: $0) }
        }
    }

    package func end(
        _ claim: Claim,
        as outcome: Reflection.Outcome,
        error: String,
        report: Report
    ) async throws -> Receipt {
        try await blocking { store in
            try store.ledger.write { try store.end(claim, as: outcome, error: error, report: report, in: $0) }
        }
    }

    private func end(
        _ claim: Claim,
        as outcome: Reflection.Outcome,
        error: String,
        report: Report,
        in db: Database
    ) throws -> Receipt {
        let standing = try JobRows.standing(of: claim.job.id, user: claim.job.user, in: db)
        if let standing, standing.state != .running, standing.token == claim.lease.token,
            var receipt = try receipt(for: claim.reflection, in: db)
        {
            receipt.wasDoneBefore = true
            return receipt
        }
        let moment = now
        let state: JobState = outcome == .cancelled ? .cancelled : .dead
        try JobRows.finish(claim, as: state, error: error, at: moment, in: db)
        var reflection = try reflection(ofEnding: claim, report, at: moment, in: db)
        reflection.outcome = outcome
        reflection.error = error
        try ReflectionRows.save(reflection, in: db)
        try MetricRows.save(reflection, at: moment, in: db)
        // A reply that led to a failure must not be found again by a retry, which would fail the same way.
        if outcome == .failed { try ReplyRows.eraseText(for: claim.reflection, in: db) }
        return Receipt(reflection: reflection, decisions: [])
    }

    /// The row of a job that ended without decisions.
    private func reflection(
        ofEnding claim: Claim,
        _ report: Report,
        at moment: Date,
        in db: Database
    ) throws -> Reflection {
        let request = CommitRequest(
            reflection: claim.reflection,
            kind: .job,
            user: claim.job.user,
            scope: claim.job.scope,
            claim: claim,
            report: report
        )
        return try reflection(for: request, Judgement(reasoning: "", decisions: []), at: moment, in: db)
    }
}
