// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

@Suite(
    .temporaryFolder,
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence))
)
struct `A copy that was cut short` {
    private static let page = CopyPage(records: 3, bytes: 20_000)

    private func filled(_ form: CopyBench.Form) async throws -> CopyBench {
        let source = try await CopyBench.make(form, "source")
        try await FilledStore(bench: source.bench, store: source.open().store).fill()
        return source
    }

    @Test(arguments: [CopyBench.Form.local, .postgres], [1, 9, 30])
    func `goes on where it stopped, and holds workers back until then`(
        to form: CopyBench.Form,
        after batches: Int
    ) async throws {
        let source = try await filled(form == .local ? .postgres : .local)
        let target = try await CopyBench.make(form, "target")
        let end = MortalImport(end: try await target.open(), batches: batches)
        await #expect(throws: MortalImport.Death.self) {
            _ = try await StoreCopy(from: source.open(), to: end, page: Self.page).run()
        }
        let half = try await target.inventory()
        let store = try await target.open().store
        #expect(try await store.claim(upTo: 5).isEmpty)
        #expect(try await store.pauses().contains { $0.user == nil && $0.reason?.contains("copy") == true })

        let result = try await StoreCopy(from: source.open(), to: target.open(), page: Self.page).run()
        #expect(result.comparison.isEqual)
        for line in result.comparison.lines {
            #expect(result.copied[line.kind] == line.source - half.count(of: line.kind), "\(line.kind)")
        }
        #expect(try await store.pauses().allSatisfy { $0.user != nil })
    }

    @Test(arguments: [2, 60, 130, 200, 270, 340])
    func `at any change of the disk is finished by the next`(at effect: Int) async throws {
        let source = try await filled(.postgres)
        let local = LocalBench(data: TemporaryFolder.path.appending("target"))
        let seen = Mutex(0)
        await #expect(throws: (any Error).self) {
            let mortal = try await local.open { _ in
                let count = seen.withLock { count in
                    count += 1
                    return count
                }
                if count > effect { throw MortalImport.Death() }
            }
            _ = try await StoreCopy(from: source.open(), to: LocalCopy(mortal), page: Self.page).run()
        }
        try local.closeAll()
        let result = try await StoreCopy(
            from: source.open(),
            to: LocalCopy(try await local.open()),
            page: Self.page
        ).run()
        #expect(result.comparison.isEqual)
        local.clock.advance(seconds: source.bench.clock.now.timeIntervalSince(local.clock.now))
        var configuration = LocalStore.Configuration(data: local.data, allowNetworkFileSystem: true)
        configuration.now = { local.clock.now }
        let wrong = try await LocalStore.check(configuration).filter(\.standsWrong)
        #expect(wrong.isEmpty, "\(wrong)")
    }

    @Test func `finds what was changed meanwhile, and overwrites nothing`() async throws {
        let source = try await filled(.postgres)
        let target = try await CopyBench.make(.local, "target")
        _ = try await StoreCopy(from: source.open(), to: target.open()).run()
        try await target.open().store.cancel(Job.ID("a-second"), of: target.bench.user)
        let before = try await target.inventory()
        let error = await #expect(throws: StoreError.self) {
            _ = try await StoreCopy(from: source.open(), to: target.open()).run()
        }
        #expect(error?.sentence.contains("`a-second`") == true, "\(error?.sentence ?? "")")
        #expect(try await target.inventory() == before)
    }

    @Test func `takes along what came to the source since`() async throws {
        let source = try await filled(.local)
        let target = try await CopyBench.make(.postgres, "")
        _ = try await StoreCopy(from: source.open(), to: target.open()).run()
        _ = try await source.open().store.submit(source.bench.job("new"), source.bench.activity)
        let result = try await StoreCopy(from: source.open(), to: target.open()).run()
        #expect(result.copied.filter { $0.value > 0 } == [.jobs: 1, .activities: 1])
        #expect(result.comparison.isEqual)
    }

    @Test func `says that the source went on meanwhile, and holds workers back`() async throws {
        let source = try await filled(.local)
        let target = try await CopyBench.make(.postgres, "")
        let end = MortalImport(end: try await target.open()) {
            _ = try await source.open().store.submit(source.bench.job("new"), source.bench.activity)
        }
        let result = try await StoreCopy(from: source.open(), to: end).run()
        #expect(result.comparison.lines.filter { !$0.isEqual }.map(\.kind) == [.activities, .jobs])
        #expect(result.comparison.lines.flatMap(\.differing).allSatisfy { $0 == "me" })
        #expect(try await target.open().isHeldBack())
        #expect(try await StoreCopy(from: source.open(), to: target.open()).run().comparison.isEqual)
        #expect(try await !target.open().isHeldBack())
    }
}
#endif
