// SPDX-License-Identifier: Apache-2.0
import GRDB
import Maestro

/// The lines of every user's index: computed in the commit, copied to the file afterwards.
enum IndexRows {
    /// One line, and the text of the one before it.
    typealias Line = (text: String, previous: String?)

    static func last(of user: UserID, in db: Database) throws -> IndexLine? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT text FROM index_lines WHERE user = ? ORDER BY sequence DESC LIMIT 1"),
            arguments: [user.rawValue]
        ).flatMap { IndexLine(reading: $0) }
    }

    static func insert(_ line: IndexLine, plan: Int64, user: UserID, in db: Database) throws {
        try db.run(
            sql: "INSERT INTO index_lines (user, sequence, plan, previous, sha, text) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [user.rawValue, line.sequence, plan, line.previous, line.sha, line.text]
        )
    }

    static func line(ofPlan plan: Int64, user: UserID, in db: Database) throws -> Line? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT line.text AS text, before.text AS previous FROM index_lines AS line
                    LEFT JOIN index_lines AS before ON before.user = line.user AND before.sequence = line.sequence - 1
                    WHERE line.plan = ? AND line.user = ?
                    """
            ),
            arguments: [plan, user.rawValue]
        )
        return row.map { ($0["text"], $0["previous"]) }
    }

    static func all(of user: UserID, in db: Database) throws -> [String] {
        try String.fetchAll(
            db.cachedStatement(sql: "SELECT text FROM index_lines WHERE user = ? ORDER BY sequence"),
            arguments: [user.rawValue]
        )
    }
}
