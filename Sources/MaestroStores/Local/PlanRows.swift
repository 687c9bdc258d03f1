// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// Plans and their operations: the redo log of every commit, and the history of every document.
enum PlanRows {
    /// A plan as it was written down, with the row that marks it applied.
    struct Stored: Sendable {
        let id: Int64
        let user: UserID
        let plan: Plan
        /// The ordinals of operations that an earlier attempt found to have given way.
        var superseded: Set<Int> = []
        /// All was done, but the snapshot was not yet durable when the system went down.
        var isSnapshotInDoubt = false
    }

    /// One operation as its row has it.
    struct Written: Sendable {
        let plan: Int64
        let operation: Plan.Operation
        /// A person's edit in the same instant won.
        let isSuperseded: Bool
        /// What the texts hash to; nil where there is no text.
        let before: ContentHash?
        let after: ContentHash?
        let at: Date
    }

    static func insert(_ plan: Plan, user: UserID, at moment: Date, in db: Database) throws -> Int64 {
        try db.run(
            sql: "INSERT INTO plans (reflection, sequence, user, created_at) VALUES (?, ?, ?, ?)",
            arguments: [plan.reflection.rawValue, plan.sequence, user.rawValue, moment.milliseconds]
        )
        let id = db.lastInsertedRowID
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO operations (plan, ordinal, user, reflection, change, path, document, before, after, base_hash,
                    after_hash, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        for (ordinal, operation) in plan.operations.enumerated() {
            let write = operation.write
            try statement.execute(arguments: [
                id, ordinal, user.rawValue, plan.reflection.rawValue, operation.change?.ordinal, write.path.relative,
                try JSONText.encoding(write.path), write.before, write.after,
                write.before.map { ContentHash(of: $0).hex }, write.after.map { ContentHash(of: $0).hex },
                moment.milliseconds,
            ])
        }
        return id
    }

    static func nextSequence(of reflection: Reflection.ID, in db: Database) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(sql: "SELECT COALESCE(MAX(sequence), 0) + 1 FROM plans WHERE reflection = ?"),
            arguments: [reflection.rawValue]
        ) ?? 1
    }

    /// Plans of the user that are not known to be carried out whole, oldest first.
    static func unfinished(of user: UserID, in boot: String?, _ db: Database) throws -> [Stored] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM plans WHERE user = ?1 AND applied = 0
                    UNION ALL
                    SELECT * FROM plans WHERE user = ?1 AND boot IS NOT NULL AND boot IS NOT ?2
                    ORDER BY id
                    """
            ),
            arguments: [user.rawValue, boot]
        ).map { row in
            let reflection = Reflection.ID(row["reflection"])
            let operations = try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM operations WHERE plan = ? ORDER BY ordinal"),
                arguments: [row["id"] as Int64]
            )
            return Stored(
                id: row["id"],
                user: user,
                plan: Plan(
                    reflection: reflection,
                    sequence: row["sequence"],
                    operations: try operations.map(operation(of:))
                ),
                superseded: Set(operations.indices.filter { operations[$0]["state"] as String == "superseded" }),
                isSnapshotInDoubt: row["applied"]
            )
        }
    }

    /// The users of ``unfinished(of:in:_:)``.
    static func usersWithUnfinished(in boot: String?, _ db: Database) throws -> [UserID] {
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT user FROM plans WHERE applied = 0
                    UNION
                    SELECT user FROM plans WHERE boot IS NOT NULL AND boot IS NOT ?
                    ORDER BY user
                    """
            ),
            arguments: [boot]
        ).map { UserID($0) }
    }

    /// Changes with every plan of the user; a plan that is not applied yet makes it nil.
    static func generation(of user: UserID, in db: Database) throws -> Int64? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT COALESCE(MAX(id), 0) AS newest,
                        EXISTS (SELECT 1 FROM plans WHERE user = ?1 AND applied = 0) AS pending
                    FROM plans WHERE user = ?1
                    """
            ),
            arguments: [user.rawValue]
        )
        guard let row, !(row["pending"] as Bool) else { return nil }
        return row["newest"]
    }

    /// Notes which operations, by ordinal, gave way to a person's edit.
    static func mark(superseded: Set<Int>, of id: Int64, in db: Database) throws {
        try db.run(sql: "UPDATE operations SET state = 'planned' WHERE plan = ?", arguments: [id])
        for ordinal in superseded {
            try db.run(
                sql: "UPDATE operations SET state = 'superseded' WHERE plan = ? AND ordinal = ?",
                arguments: [id, ordinal]
            )
        }
    }

    /// `boot` is the present one where the plan's snapshot is not durable yet, else nil.
    ///
    /// Its operations stay `planned`, but for those that gave way: that they were carried out is said here, once.
    static func markApplied(_ id: Int64, snapshotUnsyncedIn boot: String?, in db: Database) throws {
        try db.run(sql: "UPDATE plans SET applied = 1, boot = ? WHERE id = ?", arguments: [boot, id])
    }

    /// Plans whose snapshots were left unsynced in this boot.
    static func withUnsyncedSnapshot(in boot: String, _ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM plans WHERE boot IS NOT NULL AND boot = ?"),
            arguments: [boot]
        )
    }

    /// As if the system had gone down since they were written.
    static func doubtSnapshots(_ ids: [Int64], in db: Database) throws {
        let statement = try db.cachedStatement(sql: "UPDATE plans SET boot = 'in doubt' WHERE id = ?")
        for id in ids { try statement.execute(arguments: [id]) }
    }

    /// Only those that are still as they were in `boot`: another process may have met a failure, or written them anew.
    static func markSnapshotsSynced(_ ids: [Int64], in boot: String, _ db: Database) throws {
        let statement = try db.cachedStatement(sql: "UPDATE plans SET boot = NULL WHERE id = ? AND boot = ?")
        for id in ids { try statement.execute(arguments: [id, boot]) }
    }

    private static func operation(of row: Row) throws -> Plan.Operation {
        Plan.Operation(
            change: (row["change"] as Int?).map { ChangeID(Reflection.ID(row["reflection"]), $0) },
            write: try write(of: row)
        )
    }

    private static func write(of row: Row) throws -> DocumentWrite {
        DocumentWrite(
            path: try JSONText.decoding(DocumentPath.self, from: row["document"]),
            before: row["before"],
            after: row["after"]
        )
    }

    /// All operations of a reflection with what became of them; index files too.
    static func written(by reflection: Reflection.ID, in db: Database) throws -> [Written] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM operations WHERE reflection = ? ORDER BY plan, ordinal"),
            arguments: [reflection.rawValue]
        ).map { row in
            Written(
                plan: row["plan"],
                operation: try operation(of: row),
                isSuperseded: (row["state"] as String) == "superseded",
                before: (row["base_hash"] as String?).map { ContentHash(hex: $0) },
                after: (row["after_hash"] as String?).map { ContentHash(hex: $0) },
                at: Date(milliseconds: row["at"])
            )
        }
    }

    /// What its changes wrote; index files left out.
    static func applied(of reflection: Reflection.ID, in db: Database) throws -> [AppliedOperation] {
        try written(by: reflection, in: db).compactMap { written in
            guard let change = written.operation.change else { return nil }
            return AppliedOperation(
                change: change,
                write: written.operation.write,
                isSuperseded: written.isSuperseded,
                at: written.at
            )
        }
    }

    /// The newest text that a commit of ours gave each document, as a hash; nil: it was removed.
    static func newestWrites(
        of user: UserID,
        in db: Database
    ) throws -> [(path: DocumentPath, hash: String?, reflection: Reflection.ID, at: Date)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT document, after_hash, reflection, MAX(plan) AS newest, at FROM operations
                    WHERE user = ? AND state != 'superseded' AND change IS NOT NULL GROUP BY path
                    """
            ),
            arguments: [user.rawValue]
        ).map {
            (
                try JSONText.decoding(DocumentPath.self, from: $0["document"]), $0["after_hash"],
                Reflection.ID($0["reflection"]), Date(milliseconds: $0["at"])
            )
        }
    }
}
