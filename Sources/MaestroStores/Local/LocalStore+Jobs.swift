// SPDX-License-Identifier: Apache-2.0
package import Maestro
import Foundation
import GRDB

/// How a job goes on after it was claimed, and what a person may do to it.
extension LocalStore {
    // MARK: - By the holder of a claim

    package func renew(_ claim: Claim) async throws {
        try await blocking(in: .urgent) { store in
            let until = store.now.addingTimeInterval(store.configuration.leaseSeconds)
            try store.ledger.write(.unsynced) { try JobRows.renew(claim, until: until, in: $0) }
        }
    }

    package func holds(_ claim: Claim) async throws -> Bool {
        try await blocking { store in try store.ledger.read { try JobRows.holds(claim, in: $0) } }
    }

    package func postpone(_ claim: Claim, _ postponement: Postponement) async throws {
        // Unsynced: where the power fails, the job is found running, its holder dead, and is put back all the same.
        try await blocking(in: .urgent) { store in
            try store.ledger.write(.unsynced) { try JobRows.postpone(claim, postponement, at: store.now, in: $0) }
        }
    }

    package func end(
        _ claim: Claim,
        as outcome: Reflection.Outcome,
        error: String,
        report: Report
    ) async throws -> Receipt {
        try await blocking(in: .urgent) { store in
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
        try JobRows.finish(claim, as: outcome == .cancelled ? .cancelled : .dead, error: error, at: moment, in: db)
        return try writeEnding(of: claim.job, outcome, error, report, at: moment, in: db)
    }

    // MARK: - By a person

    package func retry(_ job: Job.ID, of user: UserID) async throws {
        try await blocking { store in
            try store.ledger.write { db in
                let standing = try store.standing(of: job, user: user, in: db)
                switch standing.state {
                case .running, .done:
                    throw StoreError.wrongState("job `\(job)` is \(standing.state.rawValue): there is nothing to retry")
                case .queued, .dead, .cancelled: break
                }
                guard standing.isKept else { throw store.forgotten(job) }
                _ = try JobRows.bringBack(standing, at: store.now, in: db)
            }
        }
    }

    package func cancel(_ job: Job.ID, of user: UserID) async throws {
        try await blocking { store in
            try store.ledger.write { db in
                let standing = try store.standing(of: job, user: user, in: db)
                guard standing.state == .queued || standing.state == .running else {
                    throw StoreError.wrongState("job `\(job)` has ended: it is \(standing.state.rawValue)")
                }
                try store.end(standing, as: .cancelled, error: "cancelled by a person", in: db)
            }
        }
    }

    private func standing(of job: Job.ID, user: UserID, in db: Database) throws -> JobRows.Standing {
        guard let standing = try JobRows.standing(of: job, user: user, in: db) else {
            throw StoreError.notFound("job `\(job)`")
        }
        return standing
    }

    // MARK: - Its rows

    /// Ends a job without the claim of its holder, who finds the lease lost; nothing where it is not as it was read.
    func end(
        _ standing: JobRows.Standing,
        as outcome: Reflection.Outcome,
        error: String,
        in db: Database
    ) throws {
        let moment = now
        let state: JobState = outcome == .cancelled ? .cancelled : .dead
        guard try JobRows.end(standing, as: state, error: error, at: moment, in: db) else { return }
        let report = Report(reflector: "none", startedAt: standing.holder?.claimedAt ?? moment)
        _ = try writeEnding(of: standing.job, outcome, error, report, at: moment, in: db)
    }

    /// Reflection and metric row of a job that ended without decisions.
    private func writeEnding(
        of job: Job,
        _ outcome: Reflection.Outcome,
        _ error: String,
        _ report: Report,
        at moment: Date,
        in db: Database
    ) throws -> Receipt {
        let id = Reflection.ID(user: job.user, job: job.id)
        let tokens = try ReplyRows.tokens(of: id, in: db)
        let reflection = Reflection(
            ending: job,
            as: outcome,
            error: error,
            report: report,
            tokens: tokens,
            at: moment
        )
        try ReflectionRows.save(reflection, in: db)
        try MetricRows.save(reflection, at: moment, in: db)
        // A reply that led to a failure must not be found again by a retry, which would fail the same way.
        if outcome == .failed, !report.keepsReply { try ReplyRows.eraseText(for: id, in: db) }
        return Receipt(reflection: reflection, decisions: [])
    }
}
