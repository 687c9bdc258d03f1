// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `A long log` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    private static let large = Activity(
        format: "text",
        events: [
            Event(number: 1, actor: .tool, kind: .toolResult, text: String(repeating: "x", count: 3 << 20), line: 1)
        ]
    )

    /// A store whose log grows past all bounds while `disk` refuses.
    private func open(_ disk: StubbornDisk) async throws -> LocalStore {
        var configuration = LocalStore.Configuration(data: local.data, allowNetworkFileSystem: true)
        configuration.now = { [clock = local.clock] in clock.now }
        configuration.noticedLogBytes = 8 << 20
        configuration.observer = { [disk] in try disk.see($0) }
        return try await LocalStore.open(configuration)
    }

    private func finding(in store: LocalStore) async throws -> Finding? {
        try await store.diagnose(bench.user).first { $0.subject == "log" }
    }

    @Test func `that never can be folded is told by doctor, who folds it when the trouble is over`() async throws {
        let disk = StubbornDisk()
        let store = try await open(disk)
        #expect(try await finding(in: store) == nil)
        for id in ["a", "b", "c", "d"] { _ = try await store.submit(bench.job(id), Self.large) }

        let told = try #require(try await finding(in: store))
        #expect(told.level == .problem && told.text.contains("disk I/O error") && told.text.contains("nothing is lost"))
        #expect(told.hint?.contains("look after its disk") == true)

        disk.isWell.withLock { $0 = true }
        #expect(try await finding(in: store)?.level == .good)
        #expect(try await finding(in: store) == nil)
        for id in ["a", "b", "c", "d"] {
            #expect(try await store.activity(of: Job.ID(id), user: bench.user) == Self.large)
        }
        try store.close()
    }

    /// SQLite would wait ten seconds for the reader, with every write, while nobody else may write.
    @Test func `that another program reads keeps no write waiting`() async throws {
        let store = try await local.open()
        _ = try await store.submit(bench.job("a"), Self.large)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(
            path: local.data.appending("maestro.sqlite").string,
            configuration: configuration
        )
        try await reader.writeWithoutTransaction { db in
            try db.beginTransaction(.deferred)
            _ = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM jobs")
        }
        let start = ContinuousClock.now
        for id in ["b", "c", "d"] { _ = try await store.submit(bench.job(id), Self.large) }
        // Three times ten seconds otherwise.
        #expect(ContinuousClock.now - start < .seconds(9))
        try await reader.writeWithoutTransaction { try $0.commit() }
        try reader.close()
    }

    @Test(
        arguments: [
            (.folded, .good, "was folded"), (.heldByWriters, .note, "while other processes write"),
            (.heldByReaders, .problem, "another program reads it"),
            (.failed("why", hint: "mend it"), .problem, "why; nothing is lost"),
        ] as [(LogStanding.Folding, Finding.Level, String)]
    )
    func `is told with its size and what stands in the way`(
        folding: LogStanding.Folding,
        level: Finding.Level,
        words: String
    ) {
        let finding = LogStanding(bytes: 65 << 20, folding: folding).finding
        #expect(finding.level == level)
        #expect(finding.text.contains("65 MB") && finding.text.contains(words))
        #expect((finding.hint == nil) == (level == .good))
    }
}

/// Refuses to fold the log until it is well.
private final class StubbornDisk: Sendable {
    let isWell = Mutex(false)

    func see(_ effect: Effect) throws {
        if effect == .checkpoint, !isWell.withLock({ $0 }) {
            throw DatabaseError(resultCode: .SQLITE_IOERR, message: "disk I/O error")
        }
    }
}
