// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
import MaestroStores
import MaestroTesting

/// What a transaction that somebody leaves open does to the queue: while it can see what was before it, no dead row is
/// removed, and claims walk over all of them.
struct HeldTransaction {
    struct Row {
        /// Jobs that went through the queue since the transaction began.
        let jobs: Int
        let milliseconds: Double
        let pages: Double
    }

    private static let database = "held"
    private static let users = 200

    let pgbench: Pgbench
    let rounds: Int

    /// Claims after so many rounds of work: while the transaction is open, then after it ended and the tables were cleaned.
    func rows() async throws -> (open: [Row], after: Row) {
        try await pgbench.sql("CREATE DATABASE \(Self.database)")
        _ = try await round(0)
        let session = try session()
        var rows: [Row] = []
        for number in 0...rounds { rows.append(try await round(number + 1)) }
        try (session.standardInput as? Pipe)?.fileHandleForWriting.close()
        session.waitUntilExit()
        try await pgbench.sql("VACUUM", on: Self.database)
        return (rows, try await round(rounds + 2))
    }

    /// Its pipe keeps `psql`, and with it the transaction, open.
    private func session() throws -> Process {
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(filePath: "\(pgbench.programs)/psql")
        process.arguments = ["-h", pgbench.server.folder, "-U", "postgres", "-X", "-q", "-At", Self.database]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let words = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users;\n"
        try input.fileHandleForWriting.write(contentsOf: Data(words.utf8))
        _ = output.fileHandleForReading.availableData
        return process
    }

    private func round(_ number: Int) async throws -> Row {
        let work = StoreWork(jobs: Self.users, name: "round-\(number)")
        let store = try await store()
        try await work.submit(to: store)
        let before = try await pages()
        let (claims, timing) = try await work.claim(from: self.store(), limit: 1, atOnce: 1)
        let row = Row(
            jobs: max(0, number - 1) * Self.users,
            milliseconds: timing.each / .milliseconds(1),
            pages: (try await pages() - before) / Double(Self.users)
        )
        _ = try await work.commit(claims, to: store, atOnce: 4)
        return row
    }

    /// Of the users' table, over whose dead rows claims walk; after those that asked have gone.
    private func pages() async throws -> Double {
        let query = """
            SELECT pg_stat_force_next_flush(); SELECT heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read
            FROM pg_statio_user_tables WHERE relname = 'users'
            """
        return Double(try await pgbench.ask(query, on: Self.database).split(separator: "\n").last ?? "") ?? 0
    }

    private func store() async throws -> PostgresStore {
        let url = PostgresURL(pgbench.server.url(ofDatabase: Self.database))
        return try await PostgresStore.open(
            PostgresStore.Configuration(url: url, leaseSeconds: 3600, maxRunSeconds: 7200)
        )
    }
}
#endif
