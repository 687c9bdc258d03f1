// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// The queue as a whole: whose turn it is, what is there, how much there is.
///
/// No query here looks at more ended jobs than it answers with, but for one count by index.
enum QueueRows {
    /// Users with a queued job, found by one step of an index each: ended jobs and idle users cost nothing.
    private static let waitingUsers = """
        WITH RECURSIVE waiting (user) AS (
            SELECT MIN(user) FROM jobs WHERE state = 'queued'
            UNION ALL
            SELECT (SELECT MIN(user) FROM jobs WHERE state = 'queued' AND user > waiting.user)
            FROM waiting WHERE waiting.user IS NOT NULL
        )
        """

    private static let isPaused =
        "EXISTS (SELECT 1 FROM pauses WHERE (user IS NULL OR user = waiting.user) AND (until IS NULL OR until > :now))"

    /// Whether a due job waits, for whomever and held back or not.
    static func isAnythingDue(at moment: Date, in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM jobs WHERE state = 'queued' AND due_at <= ?)"),
            arguments: [moment.milliseconds]
        ) ?? false
    }

    /// The next due job of each user whose turn it is, for this worker; those served longest ago first.
    static func heads(
        upTo limit: Int,
        for worker: String,
        at moment: Date,
        in db: Database
    ) throws -> [JobRows.Standing] {
        try usersInTurn(upTo: limit, for: worker, at: moment, in: db).compactMap { user in
            try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT * FROM jobs WHERE user = ? AND state = 'queued' AND due_at <= ?
                        ORDER BY due_at, submitted_at, rowid LIMIT 1
                        """
                ),
                arguments: [user, moment.milliseconds]
            ).map(JobRows.standing(of:))
        }
    }

    /// Of the users with a suspect job only the first, and none while the worker runs such a job.
    private static func usersInTurn(
        upTo limit: Int,
        for worker: String,
        at moment: Date,
        in db: Database
    ) throws -> [String] {
        let suspected = try suspectedUsers(in: db)
        guard !suspected.isEmpty else { return try usersInTurn(upTo: limit, at: moment, in: db) }
        var isOneTried = try isSuspectRunning(in: worker, db)
        return try usersInTurn(upTo: nil, at: moment, in: db).filter { user in
            guard suspected.contains(user) else { return true }
            defer { isOneTried = true }
            return !isOneTried
        }
        .prefix(limit)
        .map(\.self)
    }

    private static func usersInTurn(upTo limit: Int?, at moment: Date, in db: Database) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    \(waitingUsers)
                    SELECT waiting.user, served_at, (
                        SELECT MIN(due_at) FROM jobs WHERE jobs.user = waiting.user AND state = 'queued'
                    ) AS head
                    FROM waiting JOIN users ON users.id = waiting.user
                    WHERE head <= :now AND NOT \(isPaused)
                        AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.user = waiting.user AND state = 'running')
                    ORDER BY served_at, head, waiting.user LIMIT :limit
                    """
            ),
            // A negative limit is none: https://sqlite.org/lang_select.html#limitoffset
            arguments: ["now": moment.milliseconds, "limit": limit ?? -1]
        )
    }

    private static let isSuspect = "takeovers >= \(Takeover.suspectFrom)"

    private static func suspectedUsers(in db: Database) throws -> Set<String> {
        try Set(
            String.fetchAll(
                db.cachedStatement(sql: "SELECT user FROM jobs WHERE state = 'queued' AND \(isSuspect)")
            )
        )
    }

    private static func isSuspectRunning(in worker: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: "SELECT EXISTS (SELECT 1 FROM jobs WHERE state = 'running' AND worker = ? AND \(isSuspect))"
            ),
            arguments: [worker]
        ) ?? false
    }

    static func backlog(of user: UserID?, at moment: Date, in db: Database) throws -> Backlog {
        var backlog = Backlog()
        let condition = user == nil ? "" : "AND user = :user"
        let key: StatementArguments = user.map { ["user": $0.rawValue] } ?? StatementArguments()
        for (state, index) in [
            (JobState.queued, ""), (.running, ""), (.done, "AND ended_at IS NOT NULL"),
            (.dead, "AND ended_at IS NOT NULL"), (.cancelled, "AND ended_at IS NOT NULL"),
        ] {
            let count = try Int.fetchOne(
                db.cachedStatement(
                    sql: "SELECT COUNT(*) FROM jobs WHERE state = '\(state.rawValue)' \(index) \(condition)"
                ),
                arguments: key
            )
            if let count, count > 0 { backlog.counts[state] = count }
        }
        guard backlog.queued > 0 else { return backlog }
        backlog.oldestSubmission = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT MIN(submitted_at) FROM jobs WHERE state = 'queued' \(condition)"),
            arguments: key
        ).map { Date(milliseconds: $0) }
        let paused = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT COUNT(*) FILTER (WHERE paused) AS paused, COUNT(*) FILTER (WHERE NOT paused AND due_at <= :now) AS due,
                        MIN(due_at) FILTER (WHERE NOT paused) AS next
                    FROM (SELECT due_at, \(isPaused) AS paused FROM jobs AS waiting WHERE state = 'queued' \(condition))
                    """
            ),
            arguments: ["now": moment.milliseconds] + key
        )
        backlog.paused = paused?["paused"] ?? 0
        backlog.due = paused?["due"] ?? 0
        backlog.nextDueIn = (paused?["next"] as Int64?).map { .milliseconds(max(0, $0 - moment.milliseconds)) }
        return backlog
    }

    static func jobs(_ query: JobQuery, in db: Database) throws -> [QueuedJob] {
        let states = query.states.isEmpty ? Set(JobState.allCases) : query.states
        var found: [QueuedJob] = []
        if states.contains(.running) { found += try jobs(query, .running, order: "claimed_at, rowid", in: db) }
        if states.contains(.queued) {
            found += try jobs(query, .queued, order: "due_at, submitted_at, rowid", in: db)
        }
        // State by state, so that each is a walk along an index that ends at the limit.
        let ended = try [JobState.done, .dead, .cancelled].filter(states.contains).flatMap {
            try jobs(query, $0, order: "ended_at DESC, rowid DESC", in: db)
        }
        found += ended.sorted { ($0.endedAt ?? .distantPast) > ($1.endedAt ?? .distantPast) }
        return Array(found.prefix(query.limit ?? found.count))
    }

    private static func jobs(
        _ query: JobQuery,
        _ state: JobState,
        order: String,
        in db: Database
    ) throws -> [QueuedJob] {
        var conditions = ["state = '\(state.rawValue)'"]
        var arguments: StatementArguments = []
        if state != .queued, state != .running { conditions.append("ended_at IS NOT NULL") }
        if let user = query.user {
            conditions.append("user = ?")
            arguments += [user.rawValue]
        }
        if let prefix = query.prefix, !prefix.isEmpty {
            conditions.append("id >= ? AND substr(id, 1, length(?)) = ?")
            arguments += [prefix, prefix, prefix]
        }
        // A negative limit is none: https://sqlite.org/lang_select.html#limitoffset
        arguments += [query.limit ?? -1]
        let wanted = conditions.joined(separator: " AND ")
        return try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM jobs WHERE \(wanted) ORDER BY \(order) LIMIT ?"),
            arguments: arguments
        ).map(queuedJob(of:))
    }

    private static func queuedJob(of row: Row) throws -> QueuedJob {
        let standing = try JobRows.standing(of: row)
        return QueuedJob(
            job: standing.job,
            state: standing.state,
            attempt: standing.attempt,
            failures: standing.failures,
            takeovers: standing.takeovers,
            dueAt: Date(milliseconds: row["due_at"]),
            submittedAt: Date(milliseconds: row["submitted_at"]),
            claimedAt: (row["claimed_at"] as Int64?).map { Date(milliseconds: $0) },
            endedAt: (row["ended_at"] as Int64?).map { Date(milliseconds: $0) },
            error: standing.error
        )
    }
}
