// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// What was found of the data folder as a whole.
struct DatabaseFacts: Sendable {
    var sqlite = ""
    /// The newest migration.
    var schema = ""
    var logBytes: Int64 = 0
    /// What SQLite's own check complains about.
    var integrity: [String] = []
    /// What to do where the check itself was refused.
    var refusalHint: String?
    var foreignKeys: [String] = []
    /// Tables, columns and indexes that should be there and are not.
    var missingParts: [String] = []
    /// Reflections that attempts or replies name and no job has.
    var strayAttempts: [Reflection.ID] = []
    /// Lock files of processes that died.
    var goneProcesses: [String] = []
    /// Folders into which others may look, with their mode.
    var openFolders: [String: String] = [:]
    /// Folders beside the users' that are none.
    var strayFolders: [String] = []

    init() {}

    /// Asks the database; a damaged one is a fact, not an error.
    init(of ledger: Ledger) throws {
        do {
            sqlite = try ledger.settings().version
            integrity = try ledger.read { db in
                try String.fetchAll(db, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            }
            guard integrity.isEmpty else { return }
            let present = try ledger.read { try Self.parts(in: $0) }
            missingParts = try Self.expectedParts().subtracting(present).sorted()
            (foreignKeys, schema) = try ledger.read { db in
                let broken = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").map {
                    "a row of `\($0["table"] as String)` names one of `\($0["parent"] as String)` that is not there"
                }
                return (
                    broken, try String.fetchOne(db, sql: "SELECT MAX(identifier) FROM grdb_migrations") ?? "none"
                )
            }
            if missingParts.isEmpty { strayAttempts = try ledger.read { try CheckRows.strayAttempts(in: $0) } }
        } catch StoreError.unusable(let sentence, let hint) {
            integrity.append(sentence)
            refusalHint = hint
        }
    }

    /// Tables with their columns, and indexes: by name, for their texts depend on the version of SQLite.
    private static func parts(in db: Database) throws -> Set<String> {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite_%'"
        )
        var parts: Set<String> = []
        for row in rows {
            let (type, name): (String, String) = (row["type"], row["name"])
            parts.insert("\(type) `\(name)`")
            guard type == "table" else { continue }
            for column in try db.columns(in: name) { parts.insert("column `\(name).\(column.name)`") }
        }
        return parts
    }

    private static func expectedParts() throws -> Set<String> {
        let fresh = try DatabaseQueue()
        try Schema.migrator.migrate(fresh)
        return try fresh.read(parts)
    }
}
