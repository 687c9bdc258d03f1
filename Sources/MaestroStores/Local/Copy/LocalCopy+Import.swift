// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
import struct SystemPackage.FilePath

extension LocalCopy {
    /// Plans are found applied: what they did stands in the documents, and nothing of it is to be done again.
    package func add(_ records: [CopyRecord]) async throws {
        if records.first?.kind == .documents { return try await addDocuments(records) }
        try await local.blocking { store in
            try store.ledger.write { db in
                let moment = store.now
                for record in records { try CopyRows.insert(record, at: moment, in: db) }
            }
        }
    }

    /// As a commit writes them: beside their place, synced, then put there; what a person wrote meanwhile stays.
    private func addDocuments(_ records: [CopyRecord]) async throws {
        for (user, records) in Dictionary(grouping: records, by: { $0["user"].text ?? "" }).sorted(by: {
            $0.key < $1.key
        }) {
            let user = UserID(user)
            let operations = try records.map { record in
                let path = try JSONText.decoding(DocumentPath.self, from: record["document"].text ?? "")
                let write = DocumentWrite(path: path, before: nil, after: record["text"].text)
                return Plan.Operation(change: nil, write: write)
            }
            let plan = Plan(reflection: Reflection.ID("copy"), sequence: 1, operations: operations)
            try await local.withUserLock(user) {
                try await local.blocking { store in
                    let root = try Directory.making(store.folder(of: user).path, store.effects)
                    let superseded = try PlanApplier(root: root).apply(plan)
                    guard let first = superseded.min() else { return }
                    throw StoreError.unusable(
                        "`\(operations[first].write.path.relative)` of user `\(user)` was written at the destination "
                            + "meanwhile; it was left as it is",
                        hint: "copy into an empty store"
                    )
                }
            }
        }
    }

    package func complete(_ observe: @Sendable (Int) -> Void) async throws {
        let users = try await local.blocking { store in
            try store.ledger.read { try String.fetchAll($0, sql: "SELECT DISTINCT user FROM plans ORDER BY user") }
        }
        for (done, user) in users.enumerated() {
            try Task.checkCancellation()
            let user = UserID(user)
            try await local.withUserLock(user) { try await local.blocking { try $0.writeCopies(of: user) } }
            observe(done + 1)
        }
    }

    // MARK: - Holding workers back

    package func holdBack() async throws {
        try await local.blocking { store in
            try store.ledger.write { db in
                try db.run(
                    sql: """
                        INSERT INTO pauses (user, until, reason, since) SELECT NULL, NULL, ?1, ?2
                        WHERE NOT EXISTS (SELECT 1 FROM pauses WHERE user IS NULL AND reason = ?1)
                        """,
                    arguments: [HoldBack.reason, store.now.milliseconds]
                )
            }
        }
    }

    package func release() async throws {
        try await local.blocking { store in
            try store.ledger.write { db in
                try db.run(
                    sql: "DELETE FROM pauses WHERE user IS NULL AND reason = ?",
                    arguments: [HoldBack.reason]
                )
            }
        }
    }
}

extension LocalStore {
    /// Snapshots and index of one user, from the database; those that stand are left.
    ///
    /// Under the user's lock. The line of the index comes last, as in a commit.
    fileprivate func writeCopies(of user: UserID) throws {
        let reflections = try Directory.making(folder(of: user).path, effects).making("reflections")
        let writer = SnapshotWriter(folder: reflections, isSynced: true)
        let committed = try ledger.read { db in
            try String.fetchAll(
                db,
                sql: "SELECT reflection FROM plans WHERE user = ? GROUP BY reflection ORDER BY MIN(id)",
                arguments: [user.rawValue]
            )
        }
        for id in committed where reflections.status(of: PathComponent.encoding(id)) == nil {
            if let snapshot = try snapshot(of: Reflection.ID(id)) { try writer.write(snapshot) }
        }
        try reflections.sync()
        let lines = try ledger.read { try IndexRows.all(of: user, in: $0) }
        let index = IndexFile(folder: reflections)
        guard try index.existingLines() != lines else { return }
        if let old = try index.rewrite(lines) {
            try KeptFiles(root: Directory.making(folder(of: user).path, effects)).keep(old, from: ["reflections"])
        }
    }
}
