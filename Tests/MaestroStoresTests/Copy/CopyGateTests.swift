// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting
import Testing

@Suite(
    .temporaryFolder,
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence))
)
struct `A copy is refused` {
    private func refusal(_ source: CopyBench, _ target: CopyBench) async throws -> String {
        let before = try await target.inventory()
        let error = await #expect(throws: StoreError.self) {
            _ = try await StoreCopy(from: source.open(), to: target.open()).run()
        }
        #expect(try await target.inventory() == before)
        #expect(try await !target.open().isHeldBack())
        return error?.sentence ?? ""
    }

    private func pair(_ form: CopyBench.Form) async throws -> (source: CopyBench, target: CopyBench) {
        let source = try await CopyBench.make(form, "source")
        try await source.bench.reflect("a", [try source.bench.add("one")], in: source.open().store)
        return (source, try await CopyBench.make(form == .local ? .postgres : .local, "target"))
    }

    @Test(arguments: CopyBench.Form.allCases)
    func `while a job runs at the source, and the holder is named`(form: CopyBench.Form) async throws {
        let (source, target) = try await pair(form)
        let store = try await source.open().store
        _ = try await source.bench.claim("b", in: store)
        let sentence = try await refusal(source, target)
        #expect(sentence.contains("job `b` of user `me` at the source") && sentence.contains("pid"), "\(sentence)")
    }

    @Test(arguments: CopyBench.Form.allCases)
    func `while a job runs at the destination`(form: CopyBench.Form) async throws {
        let (source, target) = try await pair(form)
        let store = try await target.open().store
        _ = try await target.bench.claim("b", in: store)
        #expect(try await refusal(source, target).contains("at the destination"))
    }

    @Test(arguments: CopyBench.Form.allCases)
    func `while an idle worker may claim, but not where all are paused`(form: CopyBench.Form) async throws {
        let (source, target) = try await pair(form)
        let store = try await source.open().store
        try await store.registerWorker()
        #expect(try await refusal(source, target).contains("pid"))
        try await store.pause(Pause(user: nil, reason: "moving", since: source.bench.clock.now))
        let result = try await StoreCopy(from: source.open(), to: target.open()).run()
        #expect(result.comparison.isEqual && result.isPaused)
        #expect(try await target.open().store.pauses().map(\.reason) == ["moving"])
    }

    @Test(arguments: CopyBench.Form.allCases)
    func `into a store that holds something else`(form: CopyBench.Form) async throws {
        let (source, target) = try await pair(form)
        _ = try await target.open().store.submit(target.bench.job("mine", of: "ann"), target.bench.activity)
        let sentence = try await refusal(source, target)
        #expect(sentence.contains("users 1, activities 1, jobs 1"), "\(sentence)")
    }

    @Test(arguments: CopyBench.Form.allCases)
    func `from a store that holds nothing`(form: CopyBench.Form) async throws {
        let (source, target) = try await pair(form)
        #expect(try await refusal(target, source).contains("holds nothing"))
    }

    @Test(arguments: CopyBench.Form.allCases)
    func `onto itself, by whatever address`(form: CopyBench.Form) async throws {
        let source = try await pair(form).source
        #expect(try await refusal(source, source).contains("the same store"))
    }

    @Test(arguments: CopyBench.Form.allCases)
    func `from a store that is itself half a copy`(form: CopyBench.Form) async throws {
        let (source, target) = try await pair(form)
        try await source.open().holdBack()
        #expect(try await refusal(source, target).contains("not finished"))
    }

    @Test(arguments: CopyBench.Form.allCases)
    func `by no job whose holder is gone: it is taken over as a worker would`(form: CopyBench.Form) async throws {
        let (source, target) = try await pair(form)
        let store = try await source.open().store
        _ = try await source.bench.claim("b", in: store)
        source.bench.clock.advance(seconds: 3600)
        #expect(try await StoreCopy(from: source.open(), to: target.open()).run().comparison.isEqual)
        let job = try await target.open().store.jobs(JobQuery(user: nil, states: [.queued])).first
        #expect(job?.job.id == Job.ID("b"))
        #expect(job?.takeovers == 1)
    }
}
#endif
