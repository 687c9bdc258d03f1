// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// What `doctor` is told of transactions that somebody left open.
extension PostgresStore {
    /// Seconds after which a transaction is worth a word.
    static let longTransaction = 600.0

    /// Nil where none is older than so many seconds, or this role may not see those of others.
    func openTransactionFinding(olderThan seconds: Double = longTransaction) async throws -> Finding? {
        // Without a snapshot it keeps nothing; a snapshot counts for its own database alone.
        let row = try await read(
            """
            SELECT pid, application_name AS name, extract(epoch FROM clock_timestamp() - xact_start)::bigint AS age
            FROM pg_stat_activity
            WHERE datname = current_database() AND backend_xmin IS NOT NULL AND pid <> pg_backend_pid()
                AND xact_start < clock_timestamp() - make_interval(secs => $1::float8)
            ORDER BY xact_start LIMIT 1
            """,
            "\(seconds)"
        ).first
        guard let row else { return nil }
        let (pid, age): (Int, Int) = (try row.value("pid"), try row.value("age"))
        let name: String = try row.optional("name") ?? ""
        return Finding(
            .note,
            "transactions",
            """
            one has been open for \(age / 60) minutes: beside it PostgreSQL cannot tidy up, and claims get slower with every \
            job (process \(pid)\(name.isEmpty ? "" : " of `\(name)`"))
            """,
            hint: "end it where it is not needed: SELECT pg_terminate_backend(\(pid))"
        )
    }
}
#endif
