// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// A transcript and its continuations, which are jobs of their own; and how jobs come into the queue.
///
/// Their ids: `<id>`, then `<id>#<first new event>` for each.
enum GrowthTable {
    struct Key: Hashable, Codable {
        let user: UserID
        let id: Job.ID

        init(user: UserID, id: Job.ID) { (self.user, self.id) = (user, id) }
        init(of job: Job) { self.init(user: job.user, id: job.id) }
    }

    /// A job as it is inserted, together with its activity.
    struct NewJob: Encodable {
        let user: UserID
        let id: Job.ID
        let reflection: Reflection.ID
        let scope: String
        let body: String
        let activity: String
        let events: Int

        init(_ job: Job, activity: String, events: Int) throws {
            user = job.user
            id = job.id
            reflection = Reflection.ID(user: job.user, job: job.id)
            scope = job.scope.text
            body = try JSONText.encoding(job)
            self.activity = activity
            self.events = events
        }
    }

    /// Which of these jobs are there already.
    static func known(_ keys: Set<Key>, in transaction: Transaction) async throws -> Set<Key> {
        let rows = try await transaction.run(
            """
            SELECT jobs.user_id, jobs.id FROM json_to_recordset($1::json) AS given ("user" text, id text)
            JOIN jobs ON jobs.user_id = given."user" AND jobs.id = given.id
            """,
            try SQLRows(Array(keys))
        ).rows
        return Set(try rows.map(key(of:)))
    }

    /// All jobs of the transcript `id`; none where it is not known.
    static func chain(of id: Job.ID, user: UserID, in transaction: Transaction) async throws -> [JobTable.Standing] {
        // `$` is the character after `#`: the range is what starts with `<id>#`.
        let rows = try await transaction.run(
            "SELECT * FROM jobs WHERE user_id = $1 AND (id = $2 OR (id > $3 AND id < $4))",
            user.rawValue,
            id.rawValue,
            "\(id)#",
            "\(id)$"
        ).rows
        let all = try rows.map(JobTable.standing(of:))
        // Of one that cannot be read nobody can tell whether it continues this one: its id says that it may.
        let chain = all.filter { $0.job.id == id || !$0.isReadable || $0.job.isContinuation(of: id) }
        return chain.contains { $0.job.id == id } ? chain : []
    }

    /// The ids under which the transcript may be known, and jobs are: its own, then those that it had, the longest first.
    static func known(of found: FinishedJob, in transaction: Transaction) async throws -> [Job.ID] {
        try await transaction.run(
            """
            SELECT jobs.id FROM json_array_elements_text($2::json) WITH ORDINALITY AS given (id, place)
            JOIN jobs ON jobs.user_id = $1 AND jobs.id = given.id ORDER BY place DESC
            """,
            found.job.user.rawValue,
            try SQLRows(found.earlierIDs + [found.job.id])
        ).rows.map { Job.ID(try $0.value("id")) }
    }

    /// Puts jobs with their activities into the queue, in this order, due at once; what is there already is left out.
    static func insert(_ jobs: [NewJob], at moment: Date, in transaction: Transaction) async throws -> Set<Key> {
        let rows = try await transaction.run(
            """
            WITH given AS MATERIALIZED (
                SELECT value->>'user' AS user_id, value->>'id' AS id, value->>'reflection' AS reflection,
                    value->>'scope' AS scope, value->>'body' AS body, value->>'activity' AS activity,
                    (value->>'events')::int AS events, place
                FROM json_array_elements($2::json) WITH ORDINALITY AS list (value, place)
            ), added AS (
                INSERT INTO jobs (user_id, id, reflection, scope, body, state, events, is_kept, due_at, submitted_at)
                SELECT user_id, id, reflection, scope, body, 'queued', events, true, $1::bigint, $1::bigint
                FROM given ORDER BY place ON CONFLICT DO NOTHING RETURNING user_id, id
            ), kept AS (
                INSERT INTO activities (user_id, job, body)
                SELECT given.user_id, given.id, given.activity FROM given
                JOIN added ON added.user_id = given.user_id AND added.id = given.id
                ON CONFLICT (user_id, job) DO UPDATE SET body = excluded.body
            ), heads AS (
                UPDATE users SET head_due_at = LEAST(head_due_at, $1::bigint)
                WHERE id IN (SELECT user_id FROM added)
            )
            SELECT user_id, id FROM added
            """,
            moment,
            try SQLRows(jobs)
        ).rows
        return Set(try rows.map(key(of:)))
    }

    private static func key(of row: Answer.Row) throws -> Key {
        Key(user: UserID(try row.value("user_id") as String), id: Job.ID(try row.value("id")))
    }
}
#endif
