// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// The activities of jobs: kept as long as somebody may need them, then forgotten.
enum ActivityRows {
    /// The text as it is kept, for callers that decode it outside the transaction.
    static func text(of job: Job.ID, user: UserID, in db: Database) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT body FROM activities WHERE user = ? AND job = ?"),
            arguments: [user.rawValue, job.rawValue]
        )
    }

    static func activity(of job: Job.ID, user: UserID, in db: Database) throws -> Activity? {
        try text(of: job, user: user, in: db).map { try JSONText.decoding(Activity.self, from: $0) }
    }

    /// Keeps the text, and in the job's row how many events it has.
    ///
    /// A job that has ended counts as submitted now: its text is not to be forgotten before it can be retried.
    static func keep(
        _ text: String,
        events: Int,
        of job: Job.ID,
        user: UserID,
        at moment: Date,
        in db: Database
    ) throws {
        try db.run(
            sql: "INSERT OR REPLACE INTO activities (user, job, body) VALUES (?, ?, ?)",
            arguments: [user.rawValue, job.rawValue, text]
        )
        try db.run(
            sql: """
                UPDATE jobs SET events = ?, is_kept = 1,
                    submitted_at = CASE WHEN ended_at IS NULL THEN submitted_at ELSE ? END
                WHERE user = ? AND id = ?
                """,
            arguments: [events, moment.milliseconds, user.rawValue, job.rawValue]
        )
    }

    /// Forgets those of jobs that ended and were submitted before `moment`, the oldest first; not where a change waits for a
    /// person.
    ///
    /// What a model replied about a job that died or was cancelled goes with it.
    static func forget(endedBefore moment: Date, atMost limit: Int, in db: Database) throws -> Int {
        let jobs = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT user, id, reflection, state FROM jobs
                    WHERE ended_at IS NOT NULL AND is_kept = 1 AND ended_at < ?1 AND submitted_at < ?1
                        AND NOT EXISTS (
                            SELECT 1 FROM changes WHERE changes.reflection = jobs.reflection AND verdict = 'waiting'
                        )
                    ORDER BY ended_at LIMIT ?2
                    """
            ),
            arguments: [moment.milliseconds, limit]
        )
        for job in jobs {
            let key: StatementArguments = [job["user"] as String, job["id"] as String]
            try db.run(sql: "DELETE FROM activities WHERE user = ? AND job = ?", arguments: key)
            try db.run(sql: "UPDATE jobs SET is_kept = 0 WHERE user = ? AND id = ?", arguments: key)
            guard job["state"] as String != JobState.done.rawValue else { continue }
            try ReplyRows.eraseText(for: Reflection.ID(job["reflection"] as String), in: db)
        }
        return jobs.count
    }
}
