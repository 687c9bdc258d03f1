// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// The queue as a whole: whose turn it is, what is there, how much there is.
///
/// No statement here looks at more ended jobs than it answers with.
enum QueueTable {
    static let isPaused = """
        EXISTS (
            SELECT 1 FROM pauses
            WHERE (pauses.user_id IS NULL OR pauses.user_id = waiting.user_id) AND (until IS NULL OR until > clock.now)
        )
        """

    /// `$1`: the time or NULL.
    static let clock = "clock AS MATERIALIZED (SELECT \(PostgresStore.now) AS now)"

    /// Before a claim or a heartbeat, for its transaction: it need not reach the disk before it is answered.
    ///
    /// Where the server's machine loses one, the job is queued again or its lease is shorter; who worked on it finds the
    /// lease lost. Whatever is committed later is behind it in the log.
    static let unsynced = Statement("SELECT set_config('synchronous_commit', 'off', true)")

    /// Whether a due job waits, for whomever and held back or not.
    static let probe = """
        WITH \(clock)
        SELECT EXISTS (
            SELECT 1 FROM users, clock
            WHERE running_job IS NULL AND head_due_at IS NOT NULL AND head_due_at <= clock.now
        ) AS due
        """

    /// A user's queued or running jobs, to be ordered by `user_id` first: no other index than the one by user fits.
    ///
    /// The planner counts rows now and then. Where it counted while nothing was queued or running, it takes one index of such
    /// jobs for as good as another, and with an equality a claim walks over the whole queue. For the same reason a job that is
    /// looked for by its key has its state asked for by ``has(_:)``.
    static func isJob(of user: String, _ state: JobState) -> String {
        "user_id >= \(user) AND user_id <= \(user) AND state = '\(state.rawValue)'"
    }

    /// Whether a job is in this state, an SQL text, as a condition that no index has.
    static func has(_ state: String) -> String { "CASE WHEN jobs.state = \(state) THEN true END" }

    private static let isInTurn = """
        running_job IS NULL AND head_due_at IS NOT NULL AND head_due_at <= clock.now
            AND NOT \(isPaused.replacing("waiting.user_id", with: "waiting.id"))
        """

    private static let isSuspect = "takeovers >= \(Takeover.suspectFrom)"

    /// Claims the next due job of each user whose turn it is, those served longest ago first.
    ///
    /// A user's row that somebody has locked is skipped, so that claims never wait and never meet. What is read of jobs may
    /// be older than the lock; so the change of the job asks again for its state, and a user whose job went meanwhile gets
    /// its turn at the next claim. Of the users with a suspect job only the first is picked, and none while the worker runs
    /// such a job. `$1` time, `$2` limit, `$3` lease and `$4` time in all in milliseconds, `$5` the beginning
    /// of every lease token, `$6` the worker.
    static let claim = """
        WITH \(clock), suspected AS MATERIALIZED (
            SELECT user_id AS id FROM jobs WHERE state = 'queued' AND \(isSuspect)
        ), tried AS MATERIALIZED (
            SELECT waiting.id FROM users AS waiting CROSS JOIN clock
            WHERE \(isInTurn) AND waiting.id IN (SELECT id FROM suspected)
                AND NOT EXISTS (SELECT 1 FROM jobs WHERE state = 'running' AND worker = $6 AND \(isSuspect))
            ORDER BY served, head_due_at, id LIMIT 1
        ), picked AS MATERIALIZED (
            SELECT waiting.id, waiting.fence FROM users AS waiting CROSS JOIN clock
            WHERE \(isInTurn)
                AND (waiting.id NOT IN (SELECT id FROM suspected) OR waiting.id IN (SELECT id FROM tried))
            ORDER BY served, head_due_at, id LIMIT $2::int FOR UPDATE OF waiting SKIP LOCKED
        ), heads AS MATERIALIZED (
            SELECT head.user_id, head.id, picked.fence + 1 AS fence FROM picked CROSS JOIN clock CROSS JOIN LATERAL (
                SELECT user_id, jobs.id, due_at FROM jobs WHERE \(isJob(of: "picked.id", .queued))
                ORDER BY user_id, due_at, submitted_at, number LIMIT 1
            ) AS head WHERE head.due_at <= clock.now
        ), claimed AS (
            UPDATE jobs SET state = 'running', attempt = attempt + 1, fence = heads.fence, worker = $6,
                lease_token = $5 || '-' || jobs.number, leased_until = clock.now + LEAST($3::bigint, $4::bigint),
                run_until = clock.now + $4::bigint, claimed_at = clock.now
            FROM heads CROSS JOIN clock
            WHERE jobs.user_id = heads.user_id AND jobs.id = heads.id AND \(has("'queued'"))
            RETURNING jobs.*
        ), served AS (
            UPDATE users SET running_job = claimed.id, fence = claimed.fence, served = nextval('service_order')
            FROM claimed WHERE users.id = claimed.user_id
        )
        SELECT claimed.*, activities.body AS activity FROM claimed
        LEFT JOIN activities ON activities.user_id = claimed.user_id AND activities.job = claimed.id
        """

    /// What a claim with these tokens got, where nobody heard the answer.
    static let claimedBefore = """
        SELECT jobs.*, activities.body AS activity FROM jobs
        LEFT JOIN activities ON activities.user_id = jobs.user_id AND activities.job = jobs.id
        WHERE state = 'running' AND starts_with(lease_token, $1 || '-')
        """

    // MARK: - As people see it

    /// `$1` time, `$2` user or NULL.
    static let backlog = """
        WITH \(clock), waiting AS (
            SELECT due_at, submitted_at, \(isPaused.replacing("waiting.user_id", with: "jobs.user_id")) AS paused
            FROM jobs CROSS JOIN clock WHERE state = 'queued' AND ($2::text IS NULL OR user_id = $2)
        ), ended AS (
            SELECT sum(done)::bigint AS done, sum(dead)::bigint AS dead, sum(cancelled)::bigint AS cancelled FROM (
                SELECT done, dead, cancelled FROM ended_totals WHERE $2::text IS NULL
                UNION ALL SELECT done, dead, cancelled FROM users WHERE id = $2
            ) AS parts
        )
        SELECT count(*) AS queued, count(*) FILTER (WHERE paused) AS paused,
            count(*) FILTER (WHERE NOT paused AND due_at <= (SELECT now FROM clock)) AS due,
            min(due_at) FILTER (WHERE NOT paused) - (SELECT now FROM clock) AS next, min(submitted_at) AS oldest,
            (SELECT count(*) FROM jobs WHERE state = 'running' AND ($2::text IS NULL OR user_id = $2)) AS running,
            (SELECT done FROM ended) AS done, (SELECT dead FROM ended) AS dead,
            (SELECT cancelled FROM ended) AS cancelled
        FROM waiting
        """

    static func backlog(of row: Answer.Row) throws -> Backlog {
        var backlog = Backlog()
        for state in JobState.allCases {
            if let count: Int = try row.optional(state.rawValue), count > 0 { backlog.counts[state] = count }
        }
        backlog.due = try row.value("due")
        backlog.paused = try row.value("paused")
        let next: Int? = try row.optional("next")
        backlog.nextDueIn = next.map { .milliseconds(max(0, $0)) }
        backlog.oldestSubmission = try row.optional("oldest")
        return backlog
    }

    /// The statement that lists jobs of one state, with `$1` user or NULL, `$2` prefix, `$3` limit or NULL.
    static func list(_ state: JobState) -> String {
        let order =
            switch state {
            case .running: "claimed_at, number"
            case .queued: "due_at, submitted_at, number"
            case .done, .dead, .cancelled: "ended_at DESC, number DESC"
            }
        let hasEnded = state == .running || state == .queued ? "" : "AND ended_at IS NOT NULL"
        return """
            SELECT * FROM jobs WHERE state = '\(state.rawValue)' \(hasEnded) AND ($1::text IS NULL OR user_id = $1)
                AND starts_with(id, $2)
            ORDER BY \(order) LIMIT $3::bigint
            """
    }

    static func queuedJob(of row: Answer.Row) throws -> QueuedJob {
        let standing = try JobTable.standing(of: row)
        return QueuedJob(
            job: standing.job,
            state: standing.state,
            attempt: standing.attempt,
            failures: standing.failures,
            takeovers: standing.takeovers,
            dueAt: standing.dueAt,
            submittedAt: standing.submittedAt,
            claimedAt: standing.claimedAt,
            endedAt: standing.endedAt,
            error: standing.error
        )
    }
}
#endif
