// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// The jobs of the queue as rows, and every way they change; under the lock of the user's row.
///
/// A change of a running job is guarded by state, attempt and lease token; any other by state and attempt.
enum JobTable {
    /// Who works on a job, as its row says.
    struct Holder: Sendable {
        let worker: String
        let leasedUntil: Date
        let runUntil: Date
        let claimedAt: Date
    }

    /// One job of the queue.
    struct Standing: Sendable {
        let job: Job
        /// See ``StoredJob``.
        let isReadable: Bool
        let state: JobState
        let attempt: Int
        let failures: Int
        var takeovers: Int
        /// Events of its activity, also of one that was forgotten.
        let events: Int
        /// Whether the activity is still there.
        let isKept: Bool
        let token: String?
        let holder: Holder?
        let dueAt: Date
        let submittedAt: Date
        let claimedAt: Date?
        let endedAt: Date?
        let error: String?

        var reflection: Reflection.ID { Reflection.ID(user: job.user, job: job.id) }
    }

    // MARK: - Reading

    static func standing(of job: Job.ID, user: UserID, in transaction: Transaction) async throws -> Standing? {
        try await transaction.run(
            "SELECT * FROM jobs WHERE user_id = $1 AND id = $2",
            user.rawValue,
            job.rawValue
        ).rows.first.map(standing(of:))
    }

    /// The one running job of a user.
    static func running(of user: UserID, in transaction: Transaction) async throws -> Standing? {
        try await transaction.run(
            "SELECT * FROM jobs WHERE \(QueueTable.isJob(of: "$1", .running)) ORDER BY user_id LIMIT 1",
            user.rawValue
        ).rows.first.map(standing(of:))
    }

    static func standing(of row: Answer.Row) throws -> Standing {
        let state: String = try row.value("state")
        var holder: Holder?
        if let worker: String = try row.optional("worker"), let leased: Date = try row.optional("leased_until"),
            let end: Date = try row.optional("run_until"), let since: Date = try row.optional("claimed_at")
        {
            holder = Holder(worker: worker, leasedUntil: leased, runUntil: end, claimedAt: since)
        }
        let stored = try StoredJob(
            row.value("body"),
            user: row.value("user_id"),
            id: row.value("id"),
            scope: row.value("scope")
        )
        return Standing(
            job: stored.job,
            isReadable: stored.isReadable,
            state: JobState(rawValue: state) ?? .dead,
            attempt: try row.value("attempt"),
            failures: try row.value("failures"),
            takeovers: try row.value("takeovers"),
            events: try row.value("events"),
            isKept: try row.value("is_kept"),
            token: try row.optional("lease_token"),
            holder: holder,
            dueAt: try row.value("due_at"),
            submittedAt: try row.value("submitted_at"),
            claimedAt: try row.optional("claimed_at"),
            endedAt: try row.optional("ended_at"),
            error: try row.optional("error")
        )
    }

    // MARK: - Not running

    /// Puts a running job back whose holder is gone, due at once.
    ///
    /// The attempt stays counted.
    static func release(
        _ standing: Standing,
        because error: String,
        at moment: Date,
        in transaction: Transaction
    ) async throws -> Bool {
        try await change(
            standing,
            to: .queued,
            "takeovers = takeovers + 1, due_at = $7, error = $8, lease_token = NULL, worker = NULL",
            [moment, error],
            in: transaction
        )
    }

    /// Makes a queued, dead or cancelled job as good as new, due at once; the attempts stay counted.
    ///
    /// False also where its activity was forgotten in this moment.
    static func bringBack(_ standing: Standing, at moment: Date, in transaction: Transaction) async throws -> Bool {
        try await change(
            standing,
            to: .queued,
            """
            failures = 0, takeovers = 0, due_at = $7, error = NULL, ended_at = NULL, lease_token = NULL, worker = NULL
            """,
            [moment],
            where: "AND is_kept",
            in: transaction
        )
    }

    /// Ends a job that nobody's claim is asked about: a person's wish, or a holder that is gone.
    ///
    /// The token goes, so that a worker that still runs it finds its lease lost.
    static func end(
        _ standing: Standing,
        as state: JobState,
        error: String,
        at moment: Date,
        in transaction: Transaction
    ) async throws -> Bool {
        try await change(
            standing,
            to: state,
            "error = $7, ended_at = $8, takeovers = $9::int, lease_token = NULL, worker = NULL",
            [error, moment, standing.takeovers],
            in: transaction
        )
    }

    /// What is known of the job itself, where its transcript grew.
    static func replaceBody(of job: Job, in transaction: Transaction) async throws {
        try await transaction.run(
            "UPDATE jobs SET body = $3 WHERE user_id = $1 AND id = $2",
            job.user.rawValue,
            job.id.rawValue,
            try JSONText.encoding(job)
        )
    }

    // MARK: - Running

    /// Claims a queued job under the user's next fence.
    static func claim(
        _ standing: Standing,
        as claimant: Claimant,
        of user: UserTable.Locked,
        in transaction: Transaction
    ) async throws -> Bool {
        let isClaimed = try await change(
            standing,
            to: .running,
            """
            attempt = attempt + 1, lease_token = $7, leased_until = $8, run_until = $9, worker = $10, claimed_at = $11,
                fence = $12
            """,
            [
                claimant.lease.token, claimant.lease.until, claimant.runUntil, claimant.worker, user.now,
                user.fence + 1,
            ],
            in: transaction
        )
        guard isClaimed else { return false }
        try await transaction.run(
            "UPDATE users SET fence = $2::bigint, served = nextval('service_order') WHERE id = $1",
            standing.job.user.rawValue,
            user.fence + 1
        )
        return true
    }

    /// Who claims, and until when.
    struct Claimant: Sendable {
        let worker: String
        let lease: Lease
        let runUntil: Date
    }

    /// False where the job is not any more as it was read.
    private static func change(
        _ standing: Standing,
        to state: JobState,
        _ assignments: String,
        _ values: [any SQLValue],
        where condition: String = "",
        in transaction: Transaction
    ) async throws -> Bool {
        let key: [any SQLValue] = [
            standing.job.user.rawValue, standing.job.id.rawValue, standing.state.rawValue, standing.attempt,
            standing.token, state.rawValue,
        ]
        let changed = try await transaction.run(
            """
            UPDATE jobs SET state = $6, \(assignments)
            WHERE user_id = $1 AND id = $2 AND \(QueueTable.has("$3")) AND attempt = $4 AND lease_token IS NOT DISTINCT FROM $5
                \(condition)
            """,
            key + values
        ).changed
        guard changed == 1 else { return false }
        try await UserTable.settle(standing.job.user, from: standing.state, to: state, in: transaction)
        return true
    }
}
#endif
