// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// The activities of jobs: kept as long as somebody may need them, then forgotten.
enum ActivityTable {
    static func text(of job: Job.ID, user: UserID, in transaction: Transaction) async throws -> String? {
        try await transaction.run(
            "SELECT body FROM activities WHERE user_id = $1 AND job = $2",
            user.rawValue,
            job.rawValue
        ).rows.first?.optional("body")
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
        in transaction: Transaction
    ) async throws {
        try await transaction.run(
            """
            INSERT INTO activities (user_id, job, body) VALUES ($1, $2, $3)
            ON CONFLICT (user_id, job) DO UPDATE SET body = excluded.body
            """,
            user.rawValue,
            job.rawValue,
            text
        )
        try await transaction.run(
            """
            UPDATE jobs SET events = $3::int, is_kept = true,
                submitted_at = CASE WHEN ended_at IS NULL THEN submitted_at ELSE $4::bigint END
            WHERE user_id = $1 AND id = $2
            """,
            user.rawValue,
            job.rawValue,
            events,
            moment
        )
    }

    /// Forgets those of jobs that ended and were submitted before `moment`, the oldest first; not where a change waits for a
    /// person.
    ///
    /// What a model replied about a job that died or was cancelled goes with it. Jobs that somebody has locked in this moment
    /// are left for the next time.
    static func forget(endedBefore moment: Date, atMost limit: Int, in transaction: Transaction) async throws -> Int {
        try await transaction.run(
            """
            WITH old AS MATERIALIZED (
                SELECT user_id, id, reflection, state FROM jobs
                WHERE ended_at IS NOT NULL AND is_kept AND ended_at < $1 AND submitted_at < $1 AND NOT EXISTS (
                    SELECT 1 FROM changes WHERE changes.reflection = jobs.reflection AND verdict = 'waiting'
                )
                ORDER BY ended_at LIMIT $2::int FOR UPDATE SKIP LOCKED
            ), gone AS (
                DELETE FROM activities USING old WHERE activities.user_id = old.user_id AND activities.job = old.id
            ), replied AS (
                UPDATE replies SET text = NULL FROM old WHERE replies.reflection = old.reflection AND old.state <> 'done'
            )
            UPDATE jobs SET is_kept = false FROM old WHERE jobs.user_id = old.user_id AND jobs.id = old.id
            """,
            moment,
            limit
        ).changed
    }
}
#endif
