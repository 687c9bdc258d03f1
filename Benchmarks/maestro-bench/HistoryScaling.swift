// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
import MaestroStores
import MaestroTesting

/// What claims and commits cost beside a history of so many jobs: in time, and in pages, which no neighbour disturbs.
struct HistoryScaling {
    /// Per call.
    struct Cost {
        var milliseconds = 0.0
        var pages = 0.0
    }

    struct Row {
        let jobs: Int
        let megabytes: Int
        var submit = Cost()
        var claim = Cost()
        var commit = Cost()
        /// A claim and a commit of the user with a hundredth of all jobs.
        var busy = Cost()
        var state = Cost()
        var backlog = Cost()
    }

    private static let database = "history"
    private static let users = 100
    private static let rounds = 4

    let pgbench: Pgbench

    func open() async throws {
        try await pgbench.sql("CREATE DATABASE \(Self.database)")
        _ = try await store()
    }

    /// Fills up to `count` jobs, from `from`, which is what there is.
    func row(from: Int, to count: Int) async throws -> Row {
        for start in stride(from: from, to: count, by: 100_000) {
            try await pgbench.sql(FilledHistory.sql(from: start, to: min(start + 100_000, count)), on: Self.database)
        }
        try await pgbench.sql("VACUUM (ANALYZE)", on: Self.database)
        let size = try await pgbench.ask("SELECT pg_database_size('\(Self.database)') / 1000000")
        var row = Row(jobs: count, megabytes: Int(size) ?? 0)
        let step = max(1, count / FilledHistory.jobsOfUser / Self.users)
        for round in 0..<Self.rounds {
            let work = StoreWork(jobs: Self.users, name: "new-\(count)-\(round)") { $0 * step + step / 2 }
            try await measure(&row.submit) { try await work.submit(to: $0) }
            var claims: [Claim] = []
            try await measure(&row.claim) { claims = try await work.claim(from: $0, limit: 1, atOnce: 1).claims }
            try await measure(&row.commit) { _ = try await work.commit(claims, to: $0, atOnce: 1) }
            try await measure(&row.state) { store in
                for user in 0..<Self.users { _ = try await store.state(of: work.id(user), in: .global) }
            }
            try await measure(&row.backlog) { store in
                for _ in 0..<Self.users { _ = try await store.backlog(of: nil) }
            }
            try await busy(&row.busy, name: "busy-\(count)-\(round)")
        }
        return row
    }

    private func busy(_ cost: inout Cost, name: String) async throws {
        let work = StoreWork(jobs: Self.users, name: name) { _ in 0 }
        try await work.submit(to: store())
        try await measure(&cost, calls: 25) { store in
            for _ in 0..<25 {
                let claims = try await store.claim(upTo: 1)
                _ = try await work.commit(claims, to: store, atOnce: 1)
            }
        }
        // So that the user's entries stay as many as they were.
        let rest = """
            DELETE FROM jobs WHERE state = 'queued'; UPDATE users SET head_due_at = NULL;
            DELETE FROM documents WHERE user_id = '\(work.id(0))' AND path LIKE '%\(name)%'; VACUUM users, jobs, documents;
            """
        try await pgbench.sql(rest, on: Self.database)
    }

    /// Adds what one of so many calls costs, in one of the rounds.
    private func measure(
        _ cost: inout Cost,
        calls: Int = users,
        _ body: (PostgresStore) async throws -> Void
    ) async throws {
        let before = try await pages()
        let calls = Double(calls * Self.rounds)
        var store: PostgresStore? = try await store()
        // Connected, with the catalogue read.
        _ = try await store?.workers()
        let start = ContinuousClock.now
        if let store { try await body(store) }
        cost.milliseconds += (ContinuousClock.now - start) / .milliseconds(1) / calls
        // The server counts a connection's pages when it ends.
        store = nil
        try await awaitNobody()
        cost.pages += (try await pages() - before) / calls
    }

    private func awaitNobody() async throws {
        let query =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(Self.database)' AND pid <> pg_backend_pid()"
        while try await pgbench.ask(query) != "0" { await Task.yield() }
    }

    /// Pages of tables and indexes that were looked at so far.
    private func pages() async throws -> Double {
        let sum = try await pgbench.ask(
            """
            SELECT sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)
                + coalesce(toast_blks_hit + toast_blks_read + tidx_blks_hit + tidx_blks_read, 0))
            FROM pg_statio_user_tables
            """,
            on: Self.database
        )
        return Double(sum) ?? 0
    }

    private func store() async throws -> PostgresStore {
        let url = PostgresURL(pgbench.server.url(ofDatabase: Self.database))
        return try await PostgresStore.open(
            PostgresStore.Configuration(url: url, leaseSeconds: 3600, maxRunSeconds: 7200)
        )
    }
}
#endif
