// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `A holder of a job` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    @Test func `that died is taken over at once, for its own job and for another`() async throws {
        let holder = try await local.open()
        let store = try await local.open()
        _ = try await bench.claim("a", in: holder)
        _ = try await store.submit(bench.job("b"), bench.activity)
        guard case .busy(let sentence) = try await store.claim(Job.ID("b"), of: bench.user) else {
            throw BenchFailure("a living holder was taken over")
        }
        #expect(sentence.contains("pid"))
        try holder.close()
        guard case .claimed(let claim) = try await store.claim(Job.ID("b"), of: bench.user) else {
            throw BenchFailure("a dead holder still blocks its user")
        }
        let end = try await store.end(claim, as: .cancelled, error: "stopped", report: bench.report)
        #expect(end.reflection.outcome == .cancelled)
        guard case .claimed(let again) = try await store.claim(Job.ID("a"), of: bench.user) else {
            throw BenchFailure("the dead holder's job cannot be claimed")
        }
        #expect(again.attempt == 2)
    }

    @Test func `that died is taken over by a worker that only asks whose turn it is`() async throws {
        let holder = try await local.open()
        let store = try await local.open()
        try await holder.registerWorker()
        #expect(try await store.workers().map(\.name) == ["pid \(ProcessInfo.processInfo.processIdentifier)"])
        _ = try await bench.claim("a", in: holder)
        #expect(try await store.claim(upTo: 1).isEmpty)
        try holder.close()
        #expect(try await store.claim(upTo: 1).map(\.attempt) == [2])
        #expect(try await store.jobs(JobQuery(user: bench.user)).map(\.takeovers) == [1])
        #expect(try await store.workers().isEmpty)
    }

    @Test func `that renews its lease for ever is taken over when its time in all is up`() async throws {
        let (store, other) = (try await local.open(), try await local.open())
        let claim = try await bench.claim("a", in: store)
        for _ in 0..<20 {
            local.clock.advance(seconds: 45)
            try await store.renew(claim)
        }
        local.clock.advance(seconds: 1)
        guard case .claimed = try await other.claim(Job.ID("a"), of: bench.user) else {
            throw BenchFailure("a job that hangs blocks its user for ever")
        }
    }

    @Test func `that died leaves no file behind for long`() async throws {
        let holder = try await local.open()
        let folder = local.data.appending(".maestro/workers").string
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        // As a killed process would: the file stays, unlocked.
        try "pid 1".write(toFile: "\(folder)/gone.lock", atomically: false, encoding: .utf8)
        try holder.close()
        _ = try await local.open()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    }
}

@Suite(.temporaryFolder) struct `The user's lock` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    private func impatient(_ bound: Duration) async throws -> LocalStore {
        var configuration = LocalStore.Configuration(data: local.data, lockBound: bound)
        configuration.now = { [clock = local.clock] in clock.now }
        configuration.allowNetworkFileSystem = true
        return try await LocalStore.open(configuration)
    }

    private func request(_ id: String) -> CommitRequest {
        CommitRequest(
            reflection: Reflection.ID(id),
            kind: .person,
            user: bench.user,
            scope: bench.project,
            report: bench.report
        )
    }

    @Test(arguments: [true, false])
    func `is waited for within a bound, and the refusal names who holds it`(sameProcess: Bool) async throws {
        let store = try await impatient(.milliseconds(50))
        let other = sameProcess ? store : try await impatient(.milliseconds(50))
        let inside = AsyncStream<Void>.makeStream()
        let leave = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await store.withUserLock(bench.user) {
                    inside.continuation.finish()
                    for await _ in leave.stream {}
                }
            }
            for await _ in inside.stream {}
            let error = await #expect(throws: StoreError.self) {
                try await other.commit(request("late")) { _ in Judgement(reasoning: "", decisions: []) }
            }
            guard case .locked(let sentence)? = error else { throw BenchFailure("refused for another reason") }
            #expect(sentence.contains(sameProcess ? "this process" : "pid"))
            leave.continuation.finish()
            try await group.waitForAll()
        }
        let receipt = try await other.commit(request("later")) { _ in Judgement(reasoning: "", decisions: []) }
        #expect(receipt.reflection.outcome == .abstained)
    }

    @Test func `is no longer waited for when the task is cancelled`() async throws {
        let store = try await impatient(.seconds(600))
        let inside = AsyncStream<Void>.makeStream()
        let leave = AsyncStream<Void>.makeStream()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await store.withUserLock(bench.user) {
                    inside.continuation.finish()
                    for await _ in leave.stream {}
                }
            }
            for await _ in inside.stream {}
            let waiting = Task {
                try await store.commit(request("late")) { _ in Judgement(reasoning: "", decisions: []) }
            }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            leave.continuation.finish()
        }
    }
}
