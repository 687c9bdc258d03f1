// SPDX-License-Identifier: Apache-2.0
#if Postgres
import GRDB
import Maestro
@testable import MaestroStores
import MaestroTesting
import Testing

/// A column that somebody adds to a schema must not be forgotten by copies.
@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)))
struct `What a copy takes along` {
    @Test func `is every column of the embedded store, but for what is derived or of a place`() throws {
        let derived: Set = [
            "users.folder", "jobs.lease_token", "jobs.leased_until", "jobs.run_until", "jobs.worker", "plans.applied",
            "plans.boot",
            "operations.base_hash", "operations.after_hash", "index_lines.previous",
        ]
        let database = try DatabaseQueue()
        try Schema.migrator.migrate(database)
        let columns = try database.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT tables.name || '.' || columns.name FROM sqlite_master AS tables
                    JOIN pragma_table_info(tables.name) AS columns
                    WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' AND tables.name <> 'grdb_migrations'
                    """
            )
        }
        #expect(columns.count > 100)
        // It is the number by which rows are kept.
        let copied = copied(\.local).union(["attempts.id"])
        #expect(Set(columns).subtracting(copied) == derived)
    }

    @Test func `is every column on PostgreSQL, but for what is derived or of a place`() async throws {
        let derived: Set = [
            "users.running_job", "users.head_due_at", "users.fence", "users.done", "users.dead", "users.cancelled",
            "jobs.fence", "jobs.lease_token", "jobs.leased_until", "jobs.run_until", "jobs.worker", "documents.kind",
            "documents.scope", "documents.hash", "documents.reflection", "documents.written_at", "attempts.id",
            "workers.token", "workers.name", "workers.seen_at", "ended_totals.slot", "ended_totals.done",
            "ended_totals.dead", "ended_totals.cancelled",
        ]
        let columns: [String] = try await PostgresBench().open().read(
            """
            SELECT table_name || '.' || column_name AS name FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name <> 'maestro_migrations'
            """
        ).map { try $0.value("name") }
        #expect(columns.count > 100)
        #expect(Set(columns).subtracting(copied { $0.postgres }) == derived)
    }

    /// Every word in the SQL of a kind's columns, behind its table.
    private func copied(_ sql: (CopyColumn) -> String?) -> Set<String> {
        Set(
            CopyKind.allCases.flatMap { kind in
                kind.columns.compactMap(sql).flatMap { $0.split { !$0.isLetter && $0 != "_" } }
                    .map { "\(kind.table).\($0)" }
            }
        )
    }
}
#endif
