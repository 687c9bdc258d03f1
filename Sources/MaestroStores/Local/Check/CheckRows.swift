// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// What the database has of one user, as the check asks for it: all in one read, so that no commit comes between.
enum CheckRows {
    /// `boot`: the present one.
    static func facts(of user: UserID, at moment: Date, in boot: String?, _ db: Database) throws -> HistoryFacts {
        let pending = try PlanRows.unfinished(of: user, in: boot, db).map {
            HistoryFacts.Pending(
                reflection: $0.plan.reflection,
                paths: $0.isSnapshotInDoubt ? [] : $0.plan.writes.map(\.path.relative),
                isSnapshotInDoubt: $0.isSnapshotInDoubt
            )
        }
        return HistoryFacts(
            isRegistered: try isRegistered(user, in: db),
            lines: try IndexRows.all(of: user, in: db),
            pending: pending,
            unsettled: try Set(
                pending.flatMap { [$0.reflection] + (try ChangeRows.settled(by: $0.reflection, in: db)) }
            ),
            committed: try ids(committed, user, in: db),
            uncommitted: try ids(uncommitted, user, in: db),
            writes: try lastWrites(of: user, in: db),
            jobs: try jobs(of: user, in: db),
            jobless: try ids(jobless, user, in: db),
            strayMetrics: try ids(strayMetrics, user, in: db),
            strayChanges: try ids(strayChanges, user, in: db),
            moment: moment
        )
    }

    private static let committed = "SELECT reflection FROM plans WHERE user = ? GROUP BY reflection ORDER BY MIN(id)"

    private static let uncommitted = """
        SELECT id FROM reflections WHERE user = ?1 AND outcome NOT IN ('failed', 'cancelled')
            AND NOT EXISTS (SELECT 1 FROM plans WHERE plans.reflection = reflections.id)
        UNION
        SELECT reflection FROM plans WHERE user = ?1
            AND NOT EXISTS (SELECT 1 FROM index_lines WHERE index_lines.plan = plans.id)
        """

    private static let jobless = """
        SELECT id FROM reflections WHERE user = ? AND kind = 'job'
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.reflection = reflections.id)
        """

    private static let strayMetrics = """
        SELECT reflection FROM metrics WHERE user = ?
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.reflection = metrics.reflection)
            AND NOT EXISTS (SELECT 1 FROM reflections WHERE reflections.id = metrics.reflection)
        """

    private static let strayChanges = """
        SELECT DISTINCT reflection FROM changes WHERE user = ?
            AND NOT EXISTS (SELECT 1 FROM reflections WHERE reflections.id = changes.reflection)
        """

    private static func ids(_ sql: String, _ user: UserID, in db: Database) throws -> [Reflection.ID] {
        try String.fetchAll(db, sql: sql, arguments: [user.rawValue]).map { Reflection.ID($0) }
    }

    /// Reflections that attempts and replies name and no job has: these rows have no user.
    static func strayAttempts(in db: Database) throws -> [Reflection.ID] {
        try String.fetchAll(
            db,
            sql: """
                SELECT reflection FROM attempts
                    WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.reflection = attempts.reflection)
                UNION
                SELECT reflection FROM replies
                    WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.reflection = replies.reflection)
                """
        ).map { Reflection.ID($0) }
    }

    /// Users that any table names.
    static func users(in db: Database) throws -> [UserID] {
        try String.fetchAll(
            db,
            sql:
                "SELECT id FROM users UNION SELECT user FROM jobs UNION SELECT user FROM reflections UNION SELECT user FROM plans"
        ).map { UserID($0) }
    }

    private static func isRegistered(_ user: UserID, in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM users WHERE id = ?)",
            arguments: [user.rawValue]
        ) ?? false
    }

    // MARK: - Documents

    private static func lastWrites(of user: UserID, in db: Database) throws -> [HistoryFacts.LastWrite] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT document, base_hash, after_hash, reflection, MAX(plan) AS newest FROM operations
                WHERE user = ? AND state != 'superseded' AND change IS NOT NULL GROUP BY path ORDER BY path
                """,
            arguments: [user.rawValue]
        ).map { row in
            HistoryFacts.LastWrite(
                path: try JSONText.decoding(DocumentPath.self, from: row["document"]),
                reflection: Reflection.ID(row["reflection"]),
                before: row["base_hash"],
                after: row["after_hash"]
            )
        }
    }

    /// Whether history has these bytes as a text of that document, whole or as the start of what a reflection wrote.
    static func knows(_ text: String, at path: String, of user: UserID, in db: Database) throws -> Bool {
        let hash = ContentHash(of: text).hex
        return try Row.fetchAll(
            db,
            sql: "SELECT base_hash, after_hash, after FROM operations WHERE user = ? AND path = ?",
            arguments: [user.rawValue, path]
        ).contains { row in
            let after = row["after"] as String?
            return hash == row["base_hash"] as String? || hash == row["after_hash"] as String?
                || after?.utf8.starts(with: text.utf8) == true
        }
    }

    // MARK: - Jobs

    /// Queued ones only where they have a reflection: nothing else can be wrong with them that costs so much to ask.
    private static func jobs(of user: UserID, in db: Database) throws -> [HistoryFacts.JobFacts] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT jobs.id, jobs.reflection, state, attempt, leased_until, outcome,
                    IIF(lease_token IS NULL OR leased_until IS NULL, NULL, worker) AS worker,
                    EXISTS (SELECT 1 FROM users WHERE users.id = jobs.user) AS has_user,
                    EXISTS (SELECT 1 FROM metrics WHERE metrics.reflection = jobs.reflection) AS has_metric,
                    EXISTS (
                        SELECT 1 FROM replies WHERE replies.reflection = jobs.reflection AND text IS NOT NULL
                    ) AS has_reply,
                    EXISTS (
                        SELECT 1 FROM plans JOIN index_lines ON index_lines.plan = plans.id
                        WHERE plans.reflection = jobs.reflection AND instr(index_lines.text, '"llmRaw":')
                    ) AS kept_reply
                FROM jobs LEFT JOIN reflections ON reflections.id = jobs.reflection
                WHERE jobs.user = ?
                    AND (state != 'queued' OR outcome IS NOT NULL OR NOT EXISTS (SELECT 1 FROM users WHERE id = jobs.user))
                ORDER BY jobs.rowid
                """,
            arguments: [user.rawValue]
        ).map(facts(of:))
    }

    private static func facts(of row: Row) -> HistoryFacts.JobFacts {
        HistoryFacts.JobFacts(
            id: Job.ID(row["id"]),
            reflection: Reflection.ID(row["reflection"]),
            state: JobState(rawValue: row["state"]) ?? .dead,
            attempt: row["attempt"],
            worker: row["worker"],
            leasedUntil: (row["leased_until"] as Int64?).map { Date(milliseconds: $0) },
            hasUser: row["has_user"],
            outcome: (row["outcome"] as String?).map { Reflection.Outcome(rawValue: $0) ?? .failed },
            hasMetric: row["has_metric"],
            hasReplyText: row["has_reply"],
            keptReply: row["kept_reply"]
        )
    }
}
