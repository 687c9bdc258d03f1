// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Testing

/// The wall clock is set while jobs run: by a person, by a time server, by a machine that slept.
@Suite(.temporaryFolder) struct `A clock that jumps` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    enum Moment: CaseIterable, Sendable { case claimed, renewed, decided }
    private static let jumps: [Double] = [-31_536_000, -86_400, -61, -1, 1, 61, 901, 86_400, 31_536_000]

    /// Claims the job again where its lease was lost to the jump, and commits until it is done.
    private func finish(_ claim: Claim, _ decisions: [Decision], jump: Double, at moment: Moment) async throws {
        let store = try await local.open()
        do {
            if moment == .claimed { local.clock.advance(seconds: jump) }
            try await store.renew(claim)
            if moment == .renewed { local.clock.advance(seconds: jump) }
            _ = try await store.commit(bench.request(claim)) { _ in
                if moment == .decided { local.clock.advance(seconds: jump) }
                return Judgement(reasoning: "", decisions: decisions)
            }
        } catch StoreError.leaseLost {
            guard case .claimed(let again) = try await store.claim(claim.job.id, of: bench.user) else { return }
            _ = try await store.commit(bench.request(again)) { _ in Judgement(reasoning: "", decisions: decisions) }
        }
    }

    @Test(arguments: jumps, Moment.allCases)
    func `between claim, heartbeat and commit costs no job and makes no second reflection`(
        jump: Double,
        at moment: Moment
    ) async throws {
        let store = try await local.open()
        try await bench.reflect("before", [try bench.add("one")], in: store)
        let claim = try await bench.claim("a", in: store)
        try await finish(claim, [try bench.add("two")], jump: jump, at: moment)
        try await bench.reflect("after", [try bench.add("three")], in: store)

        #expect(try await bench.entries(in: store).keys.sorted() == ["one", "three", "two"])
        let jobs = try await store.jobs(JobQuery(user: bench.user, limit: .max))
        #expect(jobs.map(\.state) == [.done, .done, .done])
        #expect(try await store.reflections(HistoryQuery(user: bench.user)).count == 3)
        #expect(try await store.metrics(of: bench.user).count == 3)
        let lines = try local.read("reflections/index.jsonl").split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(IndexLine.firstBreak(in: lines) == nil)
        #expect(try await store.diagnose(bench.user).allSatisfy { $0.level == .good })
    }

    @Test(arguments: [61, 901, 31_536_000] as [Double])
    func `ahead gives the job to whoever asks, and its old holder finishes nothing`(jump: Double) async throws {
        let (store, other) = (try await local.open(), try await local.open())
        let stale = try await bench.claim("a", in: store)
        local.clock.advance(seconds: jump)
        let fresh = try #require(try await other.claim(upTo: 1).first)
        local.clock.advance(seconds: -jump)
        let decisions = [try bench.add("one")]
        await #expect(throws: StoreError.leaseLost) { try await store.renew(stale) }
        await #expect(throws: StoreError.leaseLost) {
            try await store.commit(bench.request(stale)) { _ in Judgement(reasoning: "", decisions: decisions) }
        }
        try await other.renew(fresh)
        _ = try await other.commit(bench.request(fresh)) { _ in Judgement(reasoning: "", decisions: decisions) }
        #expect(try await other.reflections(HistoryQuery(user: bench.user)).map(\.outcome) == [.applied])
    }

    @Test(arguments: [-61, -86_400, -31_536_000] as [Double])
    func `back leaves a job with its holder, and gives that of a dead one on at once`(jump: Double) async throws {
        let other = try await local.open()
        let holder = try await local.open()
        _ = try await bench.claim("a", in: holder)
        local.clock.advance(seconds: jump)
        guard case .busy = try await other.claim(Job.ID("a"), of: bench.user) else {
            throw BenchFailure("a job was taken from a live holder")
        }
        try holder.close()
        guard case .claimed = try await other.claim(Job.ID("a"), of: bench.user) else {
            throw BenchFailure("a dead holder keeps its job until the clock is where it was")
        }
    }

    @Test func `does not show what an entry says to be older than what a person saved`() async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        local.clock.advance(seconds: -86_400)
        let path = try bench.path("one").relative
        try local.write(bench.text("one", "by hand"), to: path)
        #expect(try await bench.entries(in: store) == ["one": "by hand"])
        let decision = try bench.update("one", from: "by hand", to: "changed")
        try await bench.reflect("b", [decision], in: store)
        #expect(try await bench.entries(in: store) == ["one": "changed"])
        local.clock.advance(seconds: 2 * 86_400)
        try local.write(bench.text("one", "by hand again"), to: path)
        #expect(try await bench.entries(in: store) == ["one": "by hand again"])
    }
}
