// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// Pauses: at most one a user, and one of all users.
enum PauseRows {
    static func save(_ pause: Pause, in db: Database) throws {
        try db.run(sql: "DELETE FROM pauses WHERE user IS ?", arguments: [pause.user?.rawValue])
        try db.run(
            sql: "INSERT INTO pauses (user, until, reason, since) VALUES (?, ?, ?, ?)",
            arguments: [
                pause.user?.rawValue, pause.until?.milliseconds, pause.reason, pause.since.milliseconds,
            ]
        )
    }

    /// False where none was in force.
    static func remove(_ user: UserID?, at moment: Date, in db: Database) throws -> Bool {
        let wasInForce = try inForce(at: moment, in: db).contains { $0.user == user }
        try db.run(sql: "DELETE FROM pauses WHERE user IS ?", arguments: [user?.rawValue])
        return wasInForce
    }

    /// That of all users first.
    static func inForce(at moment: Date, in db: Database) throws -> [Pause] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM pauses WHERE until IS NULL OR until > ? ORDER BY user"),
            arguments: [moment.milliseconds]
        ).map { row in
            Pause(
                user: (row["user"] as String?).map { UserID($0) },
                until: (row["until"] as Int64?).map { Date(milliseconds: $0) },
                reason: row["reason"],
                since: Date(milliseconds: row["since"])
            )
        }
    }
}
