// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// The users' rows: the lock of everything that is theirs, and what a claim looks at.
///
/// Whoever changes a job or a document of a user holds the lock of the user's row first; several users are locked in the
/// order of their ids. Claims skip locked rows and never wait.
enum UserTable {
    /// What is known while the row is locked.
    struct Locked: Sendable {
        let id: UserID
        /// Grows with every change of documents.
        let revision: Int
        /// The number of the newest claim.
        let fence: Int
        /// The time, taken when the lock was had: later than that of every earlier holder.
        let now: Date
    }

    /// Locks the user's row until the end of the transaction, making it where it is missing.
    static func lock(_ user: UserID, at givenTime: Date?, in transaction: Transaction) async throws -> Locked {
        if let locked = try await lockExisting(user, at: givenTime, in: transaction) { return locked }
        try await register([user], at: givenTime, in: transaction)
        guard let locked = try await lockExisting(user, at: givenTime, in: transaction) else {
            throw PostgresError.unreadable("the row of user `\(user)` vanished")
        }
        return locked
    }

    /// Nil, at once, where somebody else has it locked, or it is missing.
    static func lockUnlessLocked(
        _ user: UserID,
        at givenTime: Date?,
        in transaction: Transaction
    ) async throws -> Locked? {
        try await lockExisting(user, otherwise: "SKIP LOCKED", at: givenTime, in: transaction)
    }

    private static func lockExisting(
        _ user: UserID,
        otherwise: String = "",
        at givenTime: Date?,
        in transaction: Transaction
    ) async throws -> Locked? {
        try await locked(user, of: transaction.run(locking(user, otherwise: otherwise, at: givenTime)).rows)
    }

    /// Locks the row where there is one, or does what the SQL `otherwise` says where somebody has it locked.
    ///
    /// What comes after it, in the same batch too, sees what the holder before did.
    static func locking(_ user: UserID, otherwise: String = "", at givenTime: Date?) -> Statement {
        // The time outside: inside it would be that of before the wait.
        Statement(
            """
            WITH locked AS MATERIALIZED (SELECT revision, fence FROM users WHERE id = $2 FOR UPDATE \(otherwise))
            SELECT revision, fence, \(PostgresStore.now) AS now FROM locked
            """,
            givenTime,
            user.rawValue
        )
    }

    /// Nil where there is no such row.
    static func locked(_ user: UserID, of rows: [Answer.Row]) throws -> Locked? {
        guard let row = rows.first else { return nil }
        return Locked(
            id: user,
            revision: try row.value("revision"),
            fence: try row.value("fence"),
            now: try row.value("now")
        )
    }

    /// Makes the rows that are missing.
    static func register(_ users: Set<UserID>, at givenTime: Date?, in transaction: Transaction) async throws {
        try await transaction.run(
            """
            INSERT INTO users (id, created_at)
            SELECT value, \(PostgresStore.now) FROM json_array_elements_text($2::json) ORDER BY value COLLATE "C"
            ON CONFLICT DO NOTHING
            """,
            givenTime,
            try SQLRows(users.map(\.rawValue))
        )
    }

    /// Locks several, in the order of their ids, making those that are missing; the time after that.
    static func lock(_ users: Set<UserID>, at givenTime: Date?, in transaction: Transaction) async throws -> Date {
        try await register(users, at: givenTime, in: transaction)
        let rows = try await transaction.run(
            """
            WITH locked AS MATERIALIZED (
                SELECT id FROM users WHERE id IN (SELECT value FROM json_array_elements_text($2::json))
                ORDER BY id FOR UPDATE
            )
            SELECT count(*) AS count, \(PostgresStore.now) AS now FROM locked
            """,
            givenTime,
            try SQLRows(users.map(\.rawValue))
        ).rows
        guard let row = rows.first else { throw PostgresError.unreadable("the users' rows vanished") }
        return try row.value("now")
    }

    /// Brings what a claim looks at up to date after a job of this user changed; under the lock.
    static func settle(
        _ user: UserID,
        from old: JobState? = nil,
        to new: JobState? = nil,
        in transaction: Transaction
    ) async throws {
        try await transaction.run(settling(user, from: old, to: new))
    }

    static func settling(_ user: UserID, from old: JobState? = nil, to new: JobState? = nil) -> Statement {
        let changes = [JobState.done, .dead, .cancelled].map { (new == $0 ? 1 : 0) - (old == $0 ? 1 : 0) }
        return Statement(
            """
            UPDATE users SET
                running_job = (
                    SELECT jobs.id FROM jobs WHERE \(QueueTable.isJob(of: "$1", .running)) ORDER BY user_id LIMIT 1
                ),
                head_due_at = (
                    SELECT due_at FROM jobs WHERE \(QueueTable.isJob(of: "$1", .queued))
                    ORDER BY user_id, due_at, submitted_at, number LIMIT 1
                ),
                done = done + $2::int, dead = dead + $3::int, cancelled = cancelled + $4::int
            WHERE users.id = $1
            """,
            user.rawValue,
            changes[0],
            changes[1],
            changes[2]
        )
    }
}
#endif
