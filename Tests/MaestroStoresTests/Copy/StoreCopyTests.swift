// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import GRDB
import Maestro
@testable import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(
    .temporaryFolder,
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence))
)
struct `A copy of a store` {
    /// Small, so that every kind has several.
    private static let page = CopyPage(records: 3, bytes: 20_000)

    private func copy(_ source: CopyBench, _ target: CopyBench) async throws -> CopyResult {
        let result = try await StoreCopy(from: source.open(), to: target.open(), page: Self.page).run()
        // Two clocks, which go on from the same moment.
        target.bench.clock.advance(seconds: source.bench.clock.now.timeIntervalSince(target.bench.clock.now))
        return result
    }

    @Test(arguments: [
        [CopyBench.Form.local, .postgres, .local], [.postgres, .local, .postgres], [.local, .local],
        [.postgres, .postgres],
    ])
    func `holds what the first held, and says and does the same`(along forms: [CopyBench.Form]) async throws {
        var benches: [CopyBench] = []
        for (number, form) in forms.enumerated() { benches.append(try await .make(form, "data-\(number)")) }
        let kept = try await FilledStore(bench: benches[0].bench, store: benches[0].open().store).fill()
        let inventory = try await benches[0].inventory()
        for kind in CopyKind.allCases { #expect(inventory.count(of: kind) > 0, "\(kind)") }
        for (source, target) in zip(benches, benches.dropFirst()) {
            let result = try await copy(source, target)
            #expect(result.comparison.isEqual)
            #expect(result.copied.values.reduce(0, +) == CopyKind.allCases.reduce(0) { $0 + inventory.count(of: $1) })
            #expect(!result.isPaused)
        }

        let first = try await StoreView(of: benches[0].open().store)
        for bench in benches.dropFirst() {
            #expect(try await bench.inventory() == inventory)
            #expect(try await StoreView(of: bench.open().store) == first)
        }
        var answers: [[String]] = []
        for bench in benches { answers.append(try await goOn(with: bench, kept)) }
        #expect(Set(answers).count == 1, "\(answers)")
    }

    /// Takes back, recognises and drains: what it did, in words.
    private func goOn(with bench: CopyBench, _ kept: Reflection.ID) async throws -> [String] {
        let store = try await bench.open().store
        var said: [String] = []
        try await bench.bench.revert([kept], as: "back", in: store)
        said += try await bench.bench.entries(in: store).map { "\($0.key): \($0.value)" }.sorted()
        said.append("\(try await store.submit(bench.bench.job("paid"), bench.bench.activity))")
        guard case .finished(let receipt) = try await store.claim(Job.ID("paid"), of: bench.bench.user) else {
            throw BenchFailure("a job that was done can be claimed")
        }
        said.append("\(receipt.reflection.id)")
        _ = try await store.resume(FilledStore.other)
        bench.bench.clock.advance(seconds: 120)
        while let claim = try await store.claim(upTo: 1).first {
            said.append("\(claim.job.user) \(claim.job.id) \(claim.attempt) \(claim.activity.events.count)")
            let request = CommitRequest(
                reflection: claim.reflection,
                kind: .job,
                user: claim.job.user,
                scope: claim.job.scope,
                claim: claim,
                report: bench.bench.report
            )
            _ = try await store.commit(request) { _ in Judgement(reasoning: "", decisions: []) }
        }
        said += try await store.reflections(HistoryQuery(limit: 3)).map { "\($0.id) \($0.outcome)" }
        for user in try await store.users() {
            said += try await store.diagnose(user).filter { $0.subject == "index" }.map(\.text)
        }
        return said
    }

    @Test func `leaves a folder that the check finds nothing wrong with`() async throws {
        let (source, target) = (try await CopyBench.make(.postgres, ""), try await CopyBench.make(.local, "data"))
        try await FilledStore(bench: source.bench, store: source.open().store).fill()
        _ = try await copy(source, target)
        var configuration = LocalStore.Configuration(
            data: TemporaryFolder.path.appending("data"),
            allowNetworkFileSystem: true
        )
        configuration.now = { target.bench.clock.now }
        let wrong = try await LocalStore.check(configuration).filter(\.standsWrong)
        #expect(wrong.isEmpty, "\(wrong)")
    }

    @Test func `of documents that a person wrote has them, and names what is none`() async throws {
        let (source, target) = (try await CopyBench.make(.local, "data"), try await CopyBench.make(.postgres, ""))
        let local = LocalBench(data: TemporaryFolder.path.appending("data"))
        try await source.bench.reflect("a", [try source.bench.add("one")], in: source.open().store)
        try local.write(source.bench.text("two", "by hand"), to: "memory/two.md")
        try local.write("a list of my own", to: "memory/todo.txt")
        try local.write("not\u{0}hing", to: "memory/zero.md")
        let edited = try source.bench.path("one").relative
        try local.write(source.bench.text("one", "edited"), to: edited)
        let result = try await copy(source, target)
        #expect(result.comparison.isEqual)
        #expect(result.leftovers == ["me/memory/todo.txt"])
        let store = try await target.open().store
        #expect(try await target.bench.entries(in: store)["two"] == "by hand")
        #expect(try await target.bench.entries(in: store)["one"] == "edited")
        #expect(try await store.authors(of: target.bench.user).isEmpty)
    }

    @Test func `knows which write gave way to a person's, there and back`() async throws {
        let (source, target) = (try await CopyBench.make(.local, "data"), try await CopyBench.make(.postgres, ""))
        let id = try await source.bench.reflect("a", [try source.bench.add("one")], in: source.open().store).reflection
            .id
        let local = try #require(try await source.open() as? LocalCopy).local
        try local.ledger.write { try $0.execute(sql: "UPDATE operations SET state = 'superseded' WHERE change = 1") }
        #expect(try await copy(source, target).comparison.isEqual)
        let back = try await CopyBench.make(.local, "back")
        #expect(try await copy(target, back).comparison.isEqual)
        for bench in [target, back] {
            let operations = try await bench.open().store.operations(of: id, user: bench.bench.user)
            #expect(operations.map(\.isSuperseded) == [true])
        }
    }

    @Test func `names the history that is older than the database`() async throws {
        let local = LocalBench(data: TemporaryFolder.path.appending("data"))
        let check = try await CheckBench.make(local)
        try await check.replaceDatabase()
        try local.closeAll()
        let source = LocalCopy(try await local.open())
        let target = try await CopyBench.make(.postgres, "")
        let result = try await StoreCopy(from: source, to: target.open(), page: Self.page).run()
        #expect(result.comparison.isEqual)
        let snapshots = check.ids.map { "me/reflections/\($0)" }
        #expect(
            result.leftovers == (snapshots + ["me/reflections/index.jsonl: 3 lines from before the database"]).sorted()
        )
        #expect(try await target.bench.entries(in: target.open().store).keys.sorted() == ["one", "three"])
    }
}
#endif
