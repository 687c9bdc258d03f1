// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting
import Synchronization
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)), .timeLimit(.minutes(5)))
struct `A notice of new jobs` {
    private static let nothing = ReflectorReply(
        text: """
            {"reasoning":"routine","memory_changes":[],"piece_edit":{"why":"","events":[],"edits":[]}}
            """,
        tokensIn: 100,
        tokensOut: 10
    )

    /// Rings as they come.
    private final class Bell: Sendable {
        private let stream = AsyncStream.makeStream(of: Void.self)
        func ring() { stream.continuation.yield() }
        func next() async throws {
            for await _ in stream.stream { return }
            throw CancellationError()
        }
    }

    private func listening(
        _ store: PostgresStore,
        _ body: (Bell) async throws -> Void
    ) async throws {
        let bell = Bell()
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await store.watchQueue { bell.ring() } }
            // The first is for what was there before.
            try await bell.next()
            try await body(bell)
            group.cancelAll()
        }
    }

    @Test func `rings where another process listens, and nowhere else`() async throws {
        let (bench, other) = (try await PostgresBench(), try await PostgresBench())
        let (submitter, raw) = (try await bench.open(), try await RawListener(other))
        try await listening(try await bench.open()) { bell in
            _ = try await submitter.submit(bench.bench.job("a"), bench.bench.activity)
            try await bell.next()
        }
        #expect(try await raw.heard() == 0)
    }

    @Test func `is sent again where a job is retried, and not where nothing is new`() async throws {
        let bench = try await PostgresBench()
        let store = try await bench.open()
        let claim = try await bench.bench.claim("a", in: store)
        _ = try await store.end(claim, as: .failed, error: "no", report: bench.bench.report)
        let raw = try await RawListener(bench)
        _ = try await bench.open().submit(bench.bench.job("a"), bench.bench.activity)
        #expect(try await raw.heard() == 0)
        try await bench.open().retry(Job.ID("a"), of: bench.bench.user)
        #expect(try await raw.heard() == 1)
    }

    @Test func `is sent once, however many jobs are queued at a time`() async throws {
        let bench = try await PostgresBench()
        let raw = try await RawListener(bench)
        let store = try await bench.open()
        for number in 1...20 { _ = try await store.submit(bench.bench.job("\(number)"), bench.bench.activity) }
        #expect(try await raw.heard() == 1)
        bench.clock.advance(seconds: 1)
        for number in 21...30 { _ = try await store.submit(bench.bench.job("\(number)"), bench.bench.activity) }
        #expect(try await raw.heard() == 1)
    }

    @Test func `is paced: one a second, whatever the clock does`() {
        let pace = Pace(seconds: 1)
        let start = Date(timeIntervalSince1970: 1_780_000_000)
        let due = [0, 0.5, 0.999, 1, 1.5, 2.1, 60, 5, 5.5, 6].map { pace.isDue(at: start + $0) }
        #expect(due == [true, false, false, true, false, true, true, true, false, true])
    }

    @Test func `is heard again after the connection was cut, and what came meanwhile is looked for`() async throws {
        let bench = try await PostgresBench()
        let pool = bench.pool()
        try await listening(try await bench.open()) { bell in
            var cut: Set<Int> = []
            for number in 1...2 {
                let listener = try await pool.listener(besides: cut)
                cut.insert(listener)
                _ = try await pool.run("SELECT pg_terminate_backend($1::int)", listener)
                // It rings when it listens again.
                try await bell.next()
                _ = try await bench.open().submit(bench.bench.job("\(number)"), bench.bench.activity)
                try await bell.next()
            }
        }
        while try await !pool.listeners().isEmpty { await Task.yield() }
    }

    @Test func `that is turned off is not sent, and nobody listens`() async throws {
        let bench = try await PostgresBench()
        let raw = try await RawListener(bench)
        let store = try await bench.open(notifies: false)
        // Returns by itself.
        await store.watchQueue { Issue.record("it rang") }
        _ = try await store.submit(bench.bench.job("a"), bench.bench.activity)
        #expect(try await raw.heard() == 0)
    }

    @Test func `makes a worker start that would look again in an hour`() async throws {
        let bench = try await PostgresBench()
        try await working(bench, on: try await bench.open()) { done in
            for number in 1...5 {
                _ = try await bench.open().submit(bench.bench.job("\(number)"), bench.bench.activity)
                try await done.next()
            }
            // Queued while the worker is deaf.
            let pool = bench.pool()
            _ = try await pool.run("SELECT pg_terminate_backend($1::int)", try await pool.listener(besides: []))
            _ = try await bench.open().submit(bench.bench.job("6"), bench.bench.activity)
            try await done.next()
        }
    }

    @Test func `is not needed: a worker without it finds jobs by looking`() async throws {
        let bench = try await PostgresBench()
        try await working(bench, on: try await bench.open(notifies: false), every: .milliseconds(20)) { done in
            for number in 1...3 {
                _ = try await bench.open(notifies: false).submit(bench.bench.job("\(number)"), bench.bench.activity)
                try await done.next()
            }
        }
    }

    private func working(
        _ bench: PostgresBench,
        on store: PostgresStore,
        every interval: Duration = .seconds(3600),
        _ body: (Bell) async throws -> Void
    ) async throws {
        let done = Bell()
        var configuration = Worker.Configuration(slots: 2)
        configuration.pollInterval = interval
        let worker = Worker(
            store: store,
            reflector: ScriptedReflector([.reply(Self.nothing)]),
            settings: Settings(),
            configuration: configuration,
            now: { [clock = bench.clock] in clock.now },
            observe: { if case .finished(_, let outcome, _) = $0, case .ended = outcome.ending { done.ring() } }
        )
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { _ = try await worker.run() }
            try await body(done)
            worker.stop()
        }
    }
}

extension ConnectionPool {
    /// The server's processes that listen for this schema's notices.
    fileprivate func listeners() async throws -> [Int] {
        try await run(
            "SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN maestro_' || md5(current_schema()) AND state = 'idle'"
        ).rows.map { try $0.value("pid") }
    }

    /// Waits until there is one that is not among these.
    fileprivate func listener(besides known: Set<Int>) async throws -> Int {
        while true {
            if let found = try await listeners().first(where: { !known.contains($0) }) { return found }
            await Task.yield()
        }
    }
}

/// Counts the notices of one schema.
private struct RawListener {
    private let connection: PostgresConnection
    private let pool: ConnectionPool

    init(_ bench: PostgresBench) async throws {
        pool = bench.pool()
        connection = try await PostgresConnection.open(bench.url, within: .seconds(30))
        let row = try #require(try await pool.run("SELECT md5(current_schema()) AS name").rows.first)
        let name: String = try row.value("name")
        _ = try await connection.run([Statement("LISTEN maestro_\(name)")], within: .seconds(30))
    }

    /// How many came since the last time: up to one of the test's own, before which all others have come.
    func heard() async throws -> Int {
        _ = try await pool.run("SELECT pg_notify('maestro_' || md5(current_schema()), 'end')")
        var count = 0
        while true {
            for payload in try await connection.notifications(within: .seconds(60)) {
                if payload == "end" { return count }
                count += 1
            }
        }
    }
}
#endif
