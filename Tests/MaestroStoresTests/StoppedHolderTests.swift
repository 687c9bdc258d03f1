// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)), .timeLimit(.minutes(5)))
struct `A process that stops in a transaction on PostgreSQL` {
    @Test func `keeps nobody else's jobs waiting, and its user's only until it is gone`() async throws {
        let bench = try await PostgresBench()
        let (moves, store) = (bench.bench, try await bench.open())
        for user in ["ada", "bob"] { _ = try await store.submit(moves.job("one", of: user), moves.activity) }
        #expect(try await store.claim(upTo: 1).map(\.job.user.rawValue) == ["ada"])
        bench.clock.advance(seconds: 61)

        try await bench.pool().transaction { stopped in
            try await stopped.run("SELECT FROM users WHERE id = 'ada' FOR UPDATE")
            #expect(try await store.claim(upTo: 4).map(\.job.user.rawValue) == ["bob"])
            #expect(try await store.claim(upTo: 4).isEmpty)
        }
        bench.clock.advance(seconds: 2)
        #expect(try await store.claim(upTo: 4).map(\.job.user.rawValue) == ["ada"])
    }

    @Test func `loses its locks after a while, and its next statement is one on a lost connection`() async throws {
        let bench = try await PostgresBench()
        let store = try await bench.open()
        _ = try await store.submit(bench.bench.job("one", of: "ada"), bench.bench.activity)
        let pool = bench.pool { $0.idleBound = .milliseconds(20) }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { stopped in
                try await stopped.run("SELECT FROM users WHERE id = 'ada' FOR UPDATE")
                // Waits for the lock that the server takes from us.
                _ = try await store.submit(bench.bench.job("two", of: "ada"), bench.bench.activity)
                try await stopped.run("SELECT 1")
            }
        }
        #expect(error?.isRetryable == true)
        #expect(try await store.backlog(of: nil).queued == 2)
    }
}

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)), .timeLimit(.minutes(5)))
struct `A transaction that is left open on PostgreSQL` {
    @Test func `is shown with its age and what to do, once it is old enough`() async throws {
        // A server of its own: other tests have transactions too.
        let server = try await PostgresServer.start()
        let url = PostgresURL(try server.makeURL())
        let store = try await PostgresStore.open(PostgresStore.Configuration(url: url))
        #expect(try await store.openTransactionFinding(olderThan: 0) == nil)
        try await ConnectionPool(ConnectionPool.Configuration(url: url)).transaction(.oneMoment) { forgotten in
            let row = try #require(try await forgotten.run("SELECT pg_backend_pid() AS pid").rows.first)
            let pid: Int = try row.value("pid")
            let finding = try #require(try await store.openTransactionFinding(olderThan: 0))
            #expect(finding.text.contains("process \(pid) of `maestro`"))
            #expect(finding.hint?.contains("pg_terminate_backend(\(pid))") == true)
            #expect(try await store.openTransactionFinding() == nil)
        }
    }
}
#endif
