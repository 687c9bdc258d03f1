// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
@testable import MaestroStores
import MaestroTesting
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)))
struct `A connection to PostgreSQL` {
    @Test func `carries every text there and back, whatever stands in it`() async throws {
        let pool = try await PostgresBench().pool()
        for text in ["", "a'b\"c\\d", "Zürich 🦆\n\t", String(repeating: "lang und breit ", count: 200_000)] {
            let row = try #require(try await pool.run("SELECT $1::text AS text", text).rows.first)
            #expect(try row.value("text") as String == text)
        }
        let row = try #require(
            try await pool.run(
                "SELECT $1::text AS none, $2::boolean AS yes, $3::bigint AS many",
                String?.none,
                true,
                -7
            )
            .rows.first
        )
        #expect(try row.optional("none") as String? == nil)
        #expect(try row.value("yes") as Bool)
        #expect(try row.value("many") as Int == -7)
        #expect(throws: PostgresError.self) { try row.value("none") as String }
        #expect(throws: PostgresError.self) { try row.value("absent") as String }
    }

    @Test func `keeps rows together of which one holds a zero byte`() async throws {
        let pool = try await PostgresBench().pool()
        let rows = try await pool.run(
            "SELECT value FROM json_array_elements_text($1::json)",
            SQLRows(["a\0b", "\\u0000", "c"])
        ).rows
        #expect(try rows.map { try $0.value("value") as String } == ["a\u{FFFD}b", "\\u0000", "c"])
    }

    @Test(
        arguments: [
            ("57P01", true), ("08006", true), ("53300", true), ("40001", true), ("40P01", true), ("25P03", true),
            ("57014", false), ("23505", false), ("42601", false),
        ]
    )
    func `says of an error whether trying again can help`(state: String, isRetryable: Bool) {
        #expect(PostgresError(state: state, "words").isRetryable == isRetryable)
    }

    @Test func `passes on what the server says, and is still good for the next statement`() async throws {
        let pool = try await PostgresBench().pool { $0.size = 1 }
        let error = await #expect(throws: PostgresError.self) { _ = try await pool.run("SELECT 1/0") }
        guard case .refused(let state, let words)? = error else { throw BenchFailure("another error") }
        #expect(state == "22012" && words.contains("division by zero"))
        #expect(try await pool.run("SELECT 1 AS one").rows.count == 1)
    }

    @Test func `that takes too long is given up on the server too`() async throws {
        let bench = try await PostgresBench()
        let pool = bench.pool {
            $0.size = 1
            $0.statementBound = .milliseconds(50)
        }
        await #expect(throws: PostgresError.self) { _ = try await pool.run("SELECT pg_sleep(600)") }
        let others = bench.pool()
        try await wait(for: others, toSee: 0, running: "pg_sleep(600)")
    }

    @Test func `whose task is cancelled ends on the server, and its turn goes to the next`() async throws {
        let bench = try await PostgresBench()
        let pool = bench.pool { $0.size = 1 }
        let sleeping = Task { _ = try await pool.run("SELECT pg_sleep(601)") }
        let others = bench.pool()
        try await wait(for: others, toSee: 1, running: "pg_sleep(601)")
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        #expect(try await pool.run("SELECT 1 AS one").rows.count == 1)
        try await wait(for: others, toSee: 0, running: "pg_sleep(601)")
    }

    /// Asks until the server runs so many statements like this one.
    private func wait(for pool: ConnectionPool, toSee count: Int, running words: String) async throws {
        while true {
            let row = try #require(
                try await pool.run(
                    """
                    SELECT count(*) AS count FROM pg_stat_activity
                    WHERE state = 'active' AND query LIKE 'SELECT ' || $1
                    """,
                    words
                ).rows.first
            )
            if try row.value("count") == count { return }
            await Task.yield()
        }
    }

    @Test func `undoes a transaction that fails or is cancelled`() async throws {
        let pool = try await PostgresBench().pool { $0.size = 1 }
        _ = try await pool.run("CREATE TABLE things (name text)")
        await #expect(throws: BenchFailure.self) {
            try await pool.transaction { transaction in
                try await transaction.run("INSERT INTO things VALUES ('one')")
                throw BenchFailure("on the way")
            }
        }
        let cancelled = Task {
            try await pool.transaction { transaction in
                try await transaction.run("INSERT INTO things VALUES ('two')")
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(try await pool.run("SELECT * FROM things").rows.isEmpty)
    }

    @Test func `that the server refuses says why by its code, without waiting and in words for people`() async throws {
        let url = try await PostgresBench().url
        let absent = PostgresURL(url.text.replacing(":///postgres?", with: ":///no_such_database?"))
        let error = await #expect(throws: PostgresError.self) {
            _ = try await PostgresConnection.open(absent, within: .seconds(30))
        }
        guard case .refused("3D000", let words)? = error else { throw BenchFailure("another error: \(error as Any)") }
        #expect(words.hasSuffix("FATAL:  database \"no_such_database\" does not exist"))
    }

    @Test(
        arguments: [
            (
                "FATAL:  28P01: password authentication failed for user \"ada\"\nLOCATION:  auth_failed, auth.c:326",
                "28P01"
            ),
            (
                "connection to server at \"a\" failed: ВАЖНО:  57P03: система баз данных запускается\nАДРЕС:  f, p.c:1",
                nil
            ),
            ("FATAL:  53300: sorry, too many clients already\nLOCATION:  InitProcess, proc.c:353", nil),
            ("connection to server on socket \"/x/.s.PGSQL.5432\" failed: No such file or directory", nil),
            (
                "a failed: FATAL:  28000: no\nLOCATION:  f, a.c:1\nb failed: FATAL:  57P03: soon\nLOCATION:  f, a.c:1",
                nil
            ),
        ]
    )
    func `that failed is refused for good where the code says so, in any language`(words: String, state: String?) {
        let refusal = LoginRefusal(words)
        let error = refusal.error(PostgresURL("postgres:///db"))
        if let state {
            #expect(error == .refused(state: state, refusal.words))
        } else {
            #expect(error.isRetryable)
        }
        #expect(!error.sentence.contains(".c:") && !error.sentence.contains("57P03"))
    }

    @Test func `runs statements together, each of which sees what those before it did`() async throws {
        let pool = try await PostgresBench().pool { $0.size = 1 }
        _ = try await pool.run("CREATE TABLE things (name text PRIMARY KEY)")
        let answers = try await pool.transaction { transaction in
            try await transaction.run([
                Statement("INSERT INTO things VALUES ($1), ($2)", "one", "two"), Statement("SELECT * FROM things"),
                Statement("SELECT * FROM things WHERE name = $1", "two"),
                Statement("DELETE FROM things WHERE name = $1", "two"),
                Statement("SELECT * FROM things WHERE name = $1", "two"),
            ])
        }
        #expect(answers.map(\.rows.count) == [0, 2, 1, 0, 0])
        #expect(answers.map(\.changed) == [2, 2, 1, 1, 0])
    }

    @Test func `runs none of the statements behind one that failed, and is good for others`() async throws {
        let pool = try await PostgresBench().pool { $0.size = 1 }
        _ = try await pool.run("CREATE TABLE things (name text PRIMARY KEY)")
        let insert = Statement("INSERT INTO things VALUES ($1)", "one")
        for _ in 0..<2 {
            let error = await #expect(throws: PostgresError.self) {
                try await pool.transaction { _ = try await $0.run([insert, insert, Statement("DROP TABLE things")]) }
            }
            guard case .refused(let state, _)? = error else { throw BenchFailure("another error") }
            #expect(state == "23505")
        }
        #expect(try await pool.run([insert, Statement("SELECT * FROM things")])[1].rows.count == 1)
    }

    @Test(arguments: [["one", "two"], ["one"]])
    func `that runs statements together ends them on the server where the task is cancelled`(
        _ values: [String]
    ) async throws {
        let bench = try await PostgresBench()
        let pool = bench.pool { $0.size = 1 }
        let seconds = 602 + values.count
        let statements = values.map { Statement("SELECT pg_sleep(\(seconds)), $1::text", $0) }
        let sleeping = Task { _ = try await pool.run(statements) }
        let others = bench.pool()
        try await wait(for: others, toSee: 1, running: "pg_sleep(\(seconds)), $1::text")
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
        #expect(try await pool.run("SELECT $1::int AS one", 1).rows.count == 1)
        try await wait(for: others, toSee: 0, running: "pg_sleep(\(seconds)), $1::text")
    }

    @Test(arguments: ["DEALLOCATE ALL", "ALTER TABLE things ADD COLUMN more text"])
    func `prepares nothing any more where the session is not as it was left`(_ disturbance: String) async throws {
        let pool = try await PostgresBench().pool { $0.size = 1 }
        _ = try await pool.run("CREATE TABLE things (name text)")
        let question = Statement("SELECT * FROM things WHERE name = $1", "one")
        _ = try await pool.run([question])
        _ = try await pool.run(disturbance)
        let error = await #expect(throws: PostgresError.self) { _ = try await pool.run([question]) }
        #expect(error?.isRetryable == true)
        _ = try await pool.run([question])
        let prepared = try await pool.run("SELECT count(*) AS count FROM pg_prepared_statements").rows.first
        #expect(try prepared?.value("count") == 0)
    }

    @Test func `never shows its password`() async throws {
        for text in [
            "postgres://ada:s3cret@localhost:1/db", "postgres://ada:s3cret@[/db",
            "postgres:///db?password=s3cret&host=/x",
            "postgresql://ada:s3cr%65t@localhost:1/db?bogus=1",
        ] {
            let url = PostgresURL(text)
            #expect(!"\(url)".contains("s3cr"))
            let error = await #expect(throws: PostgresError.self) {
                _ = try await PostgresConnection.open(url, within: .seconds(5))
            }
            #expect(error?.sentence.contains("s3cr") == false)
        }
    }
}

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)))
struct `A pool of connections` {
    @Test func `opens no more than it may, and everybody has a turn`() async throws {
        let bench = try await PostgresBench()
        let pool = bench.pool { $0.size = 3 }
        let processes = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    let row = try #require(try await pool.run("SELECT pg_backend_pid() AS pid").rows.first)
                    return try row.value("pid")
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect((1...3).contains(processes.count))
    }

    @Test func `refuses a caller whose turn does not come in time, and one that is cancelled`() async throws {
        let pool = try await PostgresBench().pool {
            $0.size = 1
            $0.turnBound = .milliseconds(30)
        }
        try await pool.withConnection { _ in
            let error = await #expect(throws: PostgresError.self) { _ = try await pool.run("SELECT 1") }
            guard case .overdue? = error else { throw BenchFailure("another error") }
            let late = Task { _ = try await pool.run("SELECT 1") }
            late.cancel()
            await #expect(throws: CancellationError.self) { try await late.value }
        }
        #expect(try await pool.run("SELECT 1").rows.count == 1)
    }

    @Test func `replaces a connection that the server ended`() async throws {
        let bench = try await PostgresBench()
        let pool = bench.pool { $0.size = 1 }
        let row = try #require(try await pool.run("SELECT pg_backend_pid() AS pid").rows.first)
        let pid: Int = try row.value("pid")
        let others = bench.pool()
        _ = try await others.run("SELECT pg_terminate_backend($1::int)", pid)
        while try await others.run("SELECT 1 FROM pg_stat_activity WHERE pid = $1::int", pid).rows.isEmpty == false {
            await Task.yield()
        }
        #expect(try await pool.run("SELECT 1").rows.count == 1)
    }

    @Test func `tries to connect again where the server is away, and says so in the end`() async throws {
        let pool = ConnectionPool(
            ConnectionPool.Configuration(
                url: PostgresURL("postgres:///db?host=/nowhere"),
                reconnectBound: .milliseconds(200)
            )
        )
        let error = await #expect(throws: PostgresError.self) { _ = try await pool.run("SELECT 1") }
        guard case .connectionLost(let words)? = error else { throw BenchFailure("another error") }
        #expect(words.contains("/nowhere"))
    }
}
#endif
