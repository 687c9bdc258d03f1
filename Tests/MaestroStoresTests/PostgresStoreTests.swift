// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Maestro
@testable import MaestroStores
import MaestroTesting
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)))
struct `A store on PostgreSQL` {
    @Test(arguments: StoreConformance.all)
    func `keeps the promises of every store`(_ promise: StoreConformance) async throws {
        try await promise.check(PostgresBench().bench)
    }

    @Test func `answers a commit as it tells of it later`() async throws {
        let bench = try await PostgresBench().bench
        let store = try await bench.open()
        try await bench.reflect("a", [bench.add("lint-first")], in: store)
        let receipt = try await bench.reflect(
            "b",
            [
                bench.update("lint-first", from: "a rule", to: "a better rule"), bench.add("build-first", ordinal: 2),
                bench.decision(.add, "sleep-first", ordinal: 3, verdict: .rejected, code: .missingEvidence),
                bench.decision(.add, "test-first", ordinal: 4, verdict: .waiting, code: .untrustedEvidence),
                bench.decision(.confirm, "lint-first", ordinal: 5),
            ],
            in: store
        )
        let later = try #require(await store.receipt(for: receipt.reflection.id, of: bench.user))
        #expect(later.reflection == receipt.reflection)
        #expect(later.decisions == receipt.decisions)
    }

    @Test func `looks at no other user's jobs in a claim and a commit, whatever the planner believes`() async throws {
        let postgres = try await PostgresBench()
        let bench = postgres.bench
        let store = try await bench.open()
        let pool = postgres.pool { $0.size = 1 }
        // Counted while nothing is queued.
        _ = try await pool.run("ANALYZE users, jobs")
        for number in 0..<300 { _ = try await store.submit(bench.job("a", of: "user-\(number)"), bench.activity) }
        let claim = Statement("EXPLAIN " + QueueTable.claim, bench.clock.now, 1, 1000, 1000, "token", "worker")
        let settling = Statement("EXPLAIN " + UserTable.settling(bench.user).sql, bench.user.rawValue, 0, 0, 0)
        let held = JobTable.holding(try await bench.claim("b", in: store))
        let holding = Statement("EXPLAIN " + held.sql, held.values.map { $0 ?? "" })
        let indexes = try await pool.run([claim, settling, holding]).map { plan in
            let lines: [String] = try plan.rows.map { try $0.value("QUERY PLAN") }
            #expect(!lines.contains { $0.contains("Seq Scan on jobs") })
            return lines.filter { $0.contains(" on jobs") }.compactMap { line in
                line.firstRange(of: " using ").map { line[$0.upperBound...].prefix { $0 != " " } }
            }
        }
        #expect(
            indexes == [
                ["jobs_suspected", "jobs_leases", "jobs_queued_by_user", "jobs_pkey"],
                ["jobs_one_running", "jobs_queued_by_user"], ["jobs_pkey"],
            ]
        )
    }

    @Test func `counts on from the jobs that had ended before it kept totals`() async throws {
        let postgres = try await PostgresBench()
        let bench = postgres.bench
        let store = try await bench.open()
        try await bench.reflect("a", [bench.add("lint-first")], in: store)
        // As a database of the first version is.
        let pool = postgres.pool()
        _ = try await pool.run("DROP TRIGGER users_ended ON users")
        _ = try await pool.run("DROP FUNCTION count_ended")
        _ = try await pool.run("DROP TABLE ended_totals")
        _ = try await pool.run("DROP INDEX jobs_suspected")
        _ = try await pool.run("DELETE FROM maestro_migrations WHERE number >= 2")
        let newer = try await bench.open()
        #expect(try await newer.backlog(of: nil).counts == [.done: 1])
        try await bench.reflect("b", [bench.add("build-first")], in: newer)
        let claim = try await bench.claim("c", in: store)
        _ = try await store.end(claim, as: .failed, error: "no model", report: bench.report)
        #expect(try await newer.backlog(of: nil).counts == [.done: 2, .dead: 1])
        try await store.retry(Job.ID("c"), of: bench.user)
        #expect(try await newer.backlog(of: nil).counts == [.done: 2, .queued: 1])
        #expect(try await newer.backlog(of: bench.user).counts == [.done: 2, .queued: 1])
    }

    @Test func `goes on where a pooler gives it other sessions`() async throws {
        let postgres = try await PostgresBench()
        let bench = postgres.bench
        let store = try await bench.open()
        try await bench.reflect("a", [bench.add("lint-first")], in: store)
        // What an older pooler does to a session that goes from hand to hand.
        for _ in 0..<4 { _ = try await (store as? PostgresStore)?.pool.run("DEALLOCATE ALL") }
        try await bench.reflect("b", [bench.add("build-first")], in: store)
        #expect(try await bench.entries(in: store).count == 2)
    }
}
#endif
