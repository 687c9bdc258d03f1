// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// The jobs of the queue as rows, and every way they change.
///
/// A change of a running job is guarded by state, attempt and lease token; any other by state and attempt.
enum JobRows {
    /// Who works on a job, as its row says.
    struct Holder {
        let job: Job.ID
        let worker: String
        let leasedUntil: Date
        /// The end of its time in all, however often the lease is renewed.
        let runUntil: Date
        let claimedAt: Date
    }

    /// One job of the queue.
    struct Standing {
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
        let error: String?

        var reflection: Reflection.ID { Reflection.ID(user: job.user, job: job.id) }
    }

    // MARK: - Reading

    static func standing(of job: Job.ID, user: UserID, in db: Database) throws -> Standing? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM jobs WHERE user = ? AND id = ?"),
            arguments: [user.rawValue, job.rawValue]
        )
        return try row.map(standing(of:))
    }

    /// The one running job of a user.
    static func running(of user: UserID, in db: Database) throws -> Standing? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM jobs WHERE user = ? AND state = 'running'"),
            arguments: [user.rawValue]
        )
        .map(standing(of:))
    }

    /// The processes that hold a job.
    static func workers(in db: Database) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT worker FROM jobs WHERE state = 'running' AND worker IS NOT NULL")
        )
    }

    /// Running jobs whose lease or time in all is over, or whose holder is one of those that died.
    static func gone(at moment: Date, deadWorkers: [String], in db: Database) throws -> [Standing] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM jobs WHERE state = 'running' AND (leased_until <= ?1 OR run_until <= ?1
                        OR leased_until IS NULL OR worker IN (SELECT value FROM json_each(?2)))
                    """
            ),
            arguments: [moment.milliseconds, try JSONText.encoding(deadWorkers)]
        ).map(standing(of:))
    }

    static func standing(of row: Row) throws -> Standing {
        let stored = StoredJob(row["body"], user: row["user"], id: row["id"], scope: row["scope"])
        let job = stored.job
        var holder: Holder?
        if let worker = row["worker"] as String?, let until = row["leased_until"] as Int64?,
            let end = row["run_until"] as Int64?, let since = row["claimed_at"] as Int64?
        {
            holder = Holder(
                job: job.id,
                worker: worker,
                leasedUntil: Date(milliseconds: until),
                runUntil: Date(milliseconds: end),
                claimedAt: Date(milliseconds: since)
            )
        }
        return Standing(
            job: job,
            isReadable: stored.isReadable,
            state: JobState(rawValue: row["state"]) ?? .dead,
            attempt: row["attempt"],
            failures: row["failures"],
            takeovers: row["takeovers"],
            events: row["events"],
            isKept: row["is_kept"],
            token: row["lease_token"],
            holder: holder,
            error: row["error"]
        )
    }

    // MARK: - Into the queue

    /// False where the job was there before.
    static func insert(_ job: Job, at moment: Date, in db: Database) throws -> Bool {
        try register(job.user, at: moment, in: db)
        try db.run(
            sql: """
                INSERT INTO jobs (user, id, reflection, scope, body, state, due_at, submitted_at)
                VALUES (?, ?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT DO NOTHING
                """,
            arguments: [
                job.user.rawValue, job.id.rawValue, Reflection.ID(user: job.user, job: job.id).rawValue, job.scope.text,
                try JSONText.encoding(job), moment.milliseconds, moment.milliseconds,
            ]
        )
        return db.changesCount == 1
    }

    static func register(_ user: UserID, at moment: Date, in db: Database) throws {
        try db.run(
            sql: "INSERT OR IGNORE INTO users (id, folder, created_at) VALUES (?, ?, ?)",
            arguments: [user.rawValue, user.folderName, moment.milliseconds]
        )
    }

    /// What is known of the job itself, where its transcript grew.
    static func replaceBody(of job: Job, in db: Database) throws {
        try db.run(
            sql: "UPDATE jobs SET body = ? WHERE user = ? AND id = ?",
            arguments: [try JSONText.encoding(job), job.user.rawValue, job.id.rawValue]
        )
    }

    /// Puts a running job back whose holder is gone, due at once.
    ///
    /// The attempt stays counted.
    static func release(_ standing: Standing, because error: String, at moment: Date, in db: Database) throws -> Bool {
        try change(
            standing,
            "state = 'queued', takeovers = takeovers + 1, due_at = ?, error = ?, lease_token = NULL, worker = NULL",
            [moment.milliseconds, error],
            in: db
        )
    }

    /// Makes a queued, dead or cancelled job as good as new, due at once; the attempts stay counted.
    static func bringBack(_ standing: Standing, at moment: Date, in db: Database) throws -> Bool {
        try change(
            standing,
            """
            state = 'queued', failures = 0, takeovers = 0, due_at = ?, error = NULL, ended_at = NULL, lease_token = NULL,
                worker = NULL
            """,
            [moment.milliseconds],
            in: db
        )
    }

    // MARK: - Running

    /// Claims a queued job.
    static func claim(
        _ standing: Standing,
        worker: String,
        lease: Lease,
        runUntil: Date,
        at moment: Date,
        in db: Database
    ) throws -> Bool {
        let isClaimed = try change(
            standing,
            """
            state = 'running', attempt = attempt + 1, lease_token = ?, leased_until = ?, run_until = ?, worker = ?,
                claimed_at = ?
            """,
            [
                lease.token, lease.until.milliseconds, runUntil.milliseconds, worker, moment.milliseconds,
            ],
            in: db
        )
        guard isClaimed else { return false }
        try db.run(
            sql: """
                UPDATE users SET served_at = MAX(?, (SELECT MAX(served_at) FROM users) + 1) WHERE id = ?
                """,
            arguments: [moment.milliseconds, standing.job.user.rawValue]
        )
        return true
    }

    /// Ends a job that nobody's claim is asked about: a person's wish, or a holder that is gone.
    ///
    /// The token goes, so that a worker that still runs it finds its lease lost.
    static func end(
        _ standing: Standing,
        as state: JobState,
        error: String,
        at moment: Date,
        in db: Database
    ) throws -> Bool {
        try change(
            standing,
            "state = ?, error = ?, takeovers = ?, ended_at = ?, lease_token = NULL, worker = NULL",
            [state.rawValue, error, standing.takeovers, moment.milliseconds],
            in: db
        )
    }

    /// False where the job is not any more as it was read.
    private static func change(
        _ standing: Standing,
        _ assignments: String,
        _ values: StatementArguments,
        in db: Database
    ) throws -> Bool {
        let key: StatementArguments = [
            standing.job.user.rawValue, standing.job.id.rawValue, standing.state.rawValue, standing.attempt,
            standing.token,
        ]
        try db.run(
            sql: """
                UPDATE jobs SET \(assignments)
                WHERE user = ? AND id = ? AND state = ? AND attempt = ? AND lease_token IS ?
                """,
            arguments: values + key
        )
        return db.changesCount == 1
    }
}
