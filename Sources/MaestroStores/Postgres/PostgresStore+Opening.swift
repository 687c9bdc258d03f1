// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// Brings the schema up to ours, once, however many processes start at the same time.
extension PostgresStore {
    /// - Throws: ``StoreError/unusable(_:hint:)`` where the schema is newer, or cannot be made.
    func migrate() async throws {
        // The usual case needs no lock and no right to make tables.
        if try await migration() == PostgresSchema.version { return }
        try await pool.transaction { transaction in
            // For this schema only: others in the same database have tables of their own.
            try await transaction.run(
                "SELECT pg_advisory_xact_lock(hashtext('maestro'), hashtext(current_schema()))"
            )
            try await transaction.runScript(
                """
                CREATE TABLE IF NOT EXISTS maestro_migrations (
                    number int PRIMARY KEY,
                    name text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now()
                )
                """
            )
            let newest: Int? = try await transaction.run("SELECT max(number) AS number FROM maestro_migrations")
                .rows.first?.optional("number")
            for migration in PostgresSchema.migrations where migration.number > newest ?? 0 {
                try await transaction.runScript(migration.sql)
                try await transaction.run(
                    "INSERT INTO maestro_migrations (number, name) VALUES ($1::int, $2)",
                    migration.number,
                    migration.name
                )
            }
        }
    }

    /// The number of the newest migration that the database has; nil: none.
    func migration() async throws -> Int? {
        let row = try await pool.run("SELECT to_regclass('maestro_migrations') IS NOT NULL AS found").rows.first
        guard try row?.value("found") ?? false else { return nil }
        let newest: Int? = try await pool.run("SELECT max(number) AS number FROM maestro_migrations").rows.first?
            .optional("number")
        if let newest, newest > PostgresSchema.version {
            throw StoreError.unusable(
                "the database `\(configuration.url)` was migrated by a newer Maestro; nothing was changed",
                hint: "update this one"
            )
        }
        return newest
    }
}
#endif
