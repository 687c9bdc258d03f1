// SPDX-License-Identifier: Apache-2.0
#if Postgres
package import Maestro
import Foundation

/// How a job goes on after it was claimed, and what a person may do to it.
extension PostgresStore {
    // MARK: - By the holder of a claim

    package func renew(_ claim: Claim) async throws {
        try await showPresence()
        // One statement without the user's lock: it changes nothing that a claim looks at.
        let renewal = Statement(
            """
            UPDATE jobs SET leased_until = LEAST(\(Self.now) + $2::bigint, run_until)
            WHERE user_id = $3 AND id = $4 AND \(QueueTable.has("'running'")) AND attempt = $5::int AND lease_token = $6
            RETURNING leased_until
            """,
            givenTime,
            Int(configuration.leaseSeconds * 1000),
            claim.job.user.rawValue,
            claim.job.id.rawValue,
            claim.attempt,
            claim.lease.token
        )
        guard try await read([QueueTable.unsynced, renewal])[1].changed == 1 else { throw StoreError.leaseLost }
    }

    package func holds(_ claim: Claim) async throws -> Bool {
        try await !read([JobTable.holding(claim)])[0].rows.isEmpty
    }

    package func postpone(_ claim: Claim, _ postponement: Postponement) async throws {
        try await transaction { transaction in
            let locked = try await UserTable.lock(claim.job.user, at: givenTime, in: transaction)
            try await JobTable.postpone(claim, postponement, at: locked.now, in: transaction)
        }
    }

    package func end(
        _ claim: Claim,
        as outcome: Reflection.Outcome,
        error: String,
        report: Report
    ) async throws -> Receipt {
        try await transaction { transaction in
            let locked = try await UserTable.lock(claim.job.user, at: givenTime, in: transaction)
            let standing = try await JobTable.standing(of: claim.job.id, user: claim.job.user, in: transaction)
            if let standing, standing.state != .running, standing.token == claim.lease.token,
                var receipt = try await receipt(for: claim.reflection, in: transaction)
            {
                receipt.wasDoneBefore = true
                return receipt
            }
            let state: JobState = outcome == .cancelled ? .cancelled : .dead
            try await JobTable.finish(claim, as: state, error: error, at: locked.now, in: transaction)
            return try await writeEnding(of: claim.job, outcome, error, report, at: locked.now, in: transaction)
        }
    }

    // MARK: - By a person

    package func retry(_ job: Job.ID, of user: UserID) async throws {
        var notice = Notice(self)
        try await transaction { transaction in
            let locked = try await UserTable.lock(user, at: givenTime, in: transaction)
            let standing = try await standing(of: job, user: user, in: transaction)
            switch standing.state {
            case .running, .done:
                throw StoreError.wrongState("job `\(job)` is \(standing.state.rawValue): there is nothing to retry")
            case .queued, .dead, .cancelled: break
            }
            guard standing.isKept, try await JobTable.bringBack(standing, at: locked.now, in: transaction) else {
                throw forgotten(job)
            }
            try await notice.send(in: transaction)
        }
    }

    package func cancel(_ job: Job.ID, of user: UserID) async throws {
        // When an earlier try ended it, of which nobody knows whether it was committed.
        var endedAt: Date?
        try await transaction { transaction in
            let locked = try await UserTable.lock(user, at: givenTime, in: transaction)
            let standing = try await standing(of: job, user: user, in: transaction)
            if let endedAt, standing.state == .cancelled, standing.endedAt == endedAt { return }
            guard standing.state == .queued || standing.state == .running else {
                throw StoreError.wrongState("job `\(job)` has ended: it is \(standing.state.rawValue)")
            }
            let error = "cancelled by a person"
            endedAt = locked.now
            try await end(standing, as: .cancelled, error: error, at: locked.now, in: transaction)
        }
    }

    private func standing(
        of job: Job.ID,
        user: UserID,
        in transaction: Transaction
    ) async throws -> JobTable.Standing {
        guard let standing = try await JobTable.standing(of: job, user: user, in: transaction) else {
            throw StoreError.notFound("job `\(job)`")
        }
        return standing
    }

    // MARK: - Its rows

    /// Ends a job without the claim of its holder, who finds the lease lost; nothing where it is not as it was read.
    func end(
        _ standing: JobTable.Standing,
        as outcome: Reflection.Outcome,
        error: String,
        at moment: Date,
        in transaction: Transaction
    ) async throws {
        let state: JobState = outcome == .cancelled ? .cancelled : .dead
        guard try await JobTable.end(standing, as: state, error: error, at: moment, in: transaction) else { return }
        let report = Report(reflector: "none", startedAt: standing.holder?.claimedAt ?? moment)
        _ = try await writeEnding(of: standing.job, outcome, error, report, at: moment, in: transaction)
    }

    /// Reflection and metric row of a job that ended without decisions.
    private func writeEnding(
        of job: Job,
        _ outcome: Reflection.Outcome,
        _ error: String,
        _ report: Report,
        at moment: Date,
        in transaction: Transaction
    ) async throws -> Receipt {
        let id = Reflection.ID(user: job.user, job: job.id)
        let tokens = try ReplyTable.tokens(of: await transaction.run(ReplyTable.summing(id)).rows)
        let reflection = Reflection(
            ending: job,
            as: outcome,
            error: error,
            report: report,
            tokens: tokens,
            at: moment
        )
        var batch = Batch()
        batch.add(try ReflectionTable.saving(reflection))
        batch.add(MetricTable.saving(reflection, at: moment))
        // A reply that led to a failure must not be found again by a retry, which would fail the same way.
        if outcome == .failed, !report.keepsReply { batch.add(ReplyTable.erasingText(for: id)) }
        _ = try await transaction.run(batch.statements)
        return Receipt(reflection: reflection, decisions: [])
    }
}
#endif
