// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// The queue as rows.
///
/// Every change of a running job is guarded by state, attempt and lease token.
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
        let state: JobState
        let attempt: Int
        let token: String?
        let holder: Holder?
    }

    /// False where the job was there before.
    static func insert(_ job: Job, _ activity: Activity, at moment: Date, in db: Database) throws -> Bool {
        try register(job.user, at: moment, in: db)
        try db.execute(
            sql: """
                INSERT INTO jobs (user, id, reflection, scope, body, state, due_at, submitted_at)
                VALUES (?, ?, ?, ?, ?, 'queued', ?, ?) ON CONFLICT DO NOTHING
                """,
            arguments: [
                job.user.rawValue, job.id.rawValue, Reflection.ID(user: job.user, job: job.id).rawValue, job.scope.text,
                try JSONText.encoding(job), moment.milliseconds, moment.milliseconds,
            ]
        )
        guard db.changesCount == 1 else { return false }
        try db.execute(
            sql: "INSERT OR REPLACE INTO activities (user, job, body) VALUES (?, ?, ?)",
            arguments: [job.user.rawValue, job.id.rawValue, try JSONText.encoding(activity)]
        )
        return true
    }

    static func register(_ user: UserID, at moment: Date, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO users (id, folder, created_at) VALUES (?, ?, ?)",
            arguments: [user.rawValue, user.folderName, moment.milliseconds]
        )
    }

    static func standing(of job: Job.ID, user: UserID, in db: Database) throws -> Standing? {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT * FROM jobs WHERE user = ? AND id = ?",
            arguments: [user.rawValue, job.rawValue]
        )
        return try row.map(standing(of:))
    }

    /// The one running job of a user.
    static func running(of user: UserID, in db: Database) throws -> Standing? {
        try Row.fetchOne(db, sql: "SELECT * FROM jobs WHERE user = ? AND state = 'running'", arguments: [user.rawValue])
            .map(standing(of:))
    }

    private static func standing(of row: Row) throws -> Standing {
        let job = try JSONText.decoding(Job.self, from: row["body"])
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
            state: JobState(rawValue: row["state"]) ?? .dead,
            attempt: row["attempt"],
            token: row["lease_token"],
            holder: holder
        )
    }

    /// Puts a running job back whose holder is gone.
    ///
    /// The attempt stays counted.
    static func release(_ standing: Standing, in db: Database) throws {
        try db.execute(
            sql: """
                UPDATE jobs SET state = 'queued', takeovers = takeovers + 1, lease_token = NULL, worker = NULL
                WHERE user = ? AND id = ? AND state = 'running' AND attempt = ? AND lease_token IS ?
                """,
            arguments: [standing.job.user.rawValue, standing.job.id.rawValue, standing.attempt, standing.token]
        )
    }

    static func claim(
        _ standing: Standing,
        worker: String,
        lease: Lease,
        runUntil: Date,
        at moment: Date,
        in db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE jobs SET state = 'running', attempt = attempt + 1, lease_token = ?, leased_until = ?, run_until = ?,
                    worker = ?, claimed_at = ?, ended_at = NULL, error = NULL
                WHERE user = ? AND id = ?
                """,
            arguments: [
                lease.token, lease.until.milliseconds, runUntil.milliseconds, worker, moment.milliseconds,
                standing.job.user.rawValue, standing.job.id.rawValue,
            ]
        )
    }

    /// - Throws: ``StoreError/leaseLost``.
    static func renew(_ claim: Claim, until: Date, in db: Database) throws {
        try guarded(claim, "leased_until = ?", [until.milliseconds], in: db)
    }

    /// - Throws: ``StoreError/leaseLost``.
    static func finish(_ claim: Claim, as state: JobState, error: String?, at moment: Date, in db: Database) throws {
        try guarded(claim, "state = ?, error = ?, ended_at = ?", [state.rawValue, error, moment.milliseconds], in: db)
    }

    private static func guarded(
        _ claim: Claim,
        _ assignments: String,
        _ values: StatementArguments,
        in db: Database
    ) throws {
        let key: StatementArguments = [
            claim.job.user.rawValue, claim.job.id.rawValue, claim.attempt, claim.lease.token,
        ]
        try db.execute(
            sql: """
                UPDATE jobs SET \(assignments)
                WHERE user = ? AND id = ? AND state = 'running' AND attempt = ? AND lease_token = ?
                """,
            arguments: values + key
        )
        guard db.changesCount == 1 else { throw StoreError.leaseLost }
    }

    static func activity(of job: Job.ID, user: UserID, in db: Database) throws -> Activity? {
        try String.fetchOne(
            db,
            sql: "SELECT body FROM activities WHERE user = ? AND job = ?",
            arguments: [user.rawValue, job.rawValue]
        ).map { try JSONText.decoding(Activity.self, from: $0) }
    }
}
