// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

/// A promise of the ``Store`` protocol.
///
/// Every store runs all of them.
package struct StoreConformance: Sendable, CustomTestStringConvertible {
    package let sentence: String
    package let check: @Sendable (StoreBench) async throws -> Void

    package var testDescription: String { sentence }

    init(_ sentence: String, _ check: @escaping @Sendable (StoreBench) async throws -> Void) {
        self.sentence = sentence
        self.check = check
    }

    package static let all = queue + work + commits + settling + reverts + history + documents

    static let queue: [StoreConformance] = [
        StoreConformance("submitting again answers with what exists") { bench in
            let store = try await bench.open()
            guard case .queued = try await store.submit(bench.job("a"), bench.activity) else {
                throw BenchFailure("the first submission was not queued")
            }
            guard case .existing(Job.ID("a"), .queued) = try await store.submit(bench.job("a"), bench.activity) else {
                throw BenchFailure("the second submission was not recognised")
            }
        },
        StoreConformance("a claim brings the job, its activity and the first attempt") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            #expect(claim.job == bench.job("a"))
            #expect(claim.activity == bench.activity)
            #expect(claim.attempt == 1)
            #expect(claim.lease.until > bench.clock.now)
        },
        StoreConformance("an unknown job cannot be claimed") { bench in
            let store = try await bench.open()
            guard case .unknown = try await store.claim(Job.ID("nobody"), of: bench.user) else {
                throw BenchFailure("a job that nobody submitted was claimed")
            }
        },
        StoreConformance("one user has one running job") { bench in
            let (store, other) = (try await bench.open(), try await bench.open())
            _ = try await bench.claim("a", in: store)
            _ = try await store.submit(bench.job("b"), bench.activity)
            for store in [store, other] {
                for id in ["a", "b"] {
                    guard case .busy(let sentence) = try await store.claim(Job.ID(id), of: bench.user) else {
                        throw BenchFailure("job \(id) was claimed beside a running one")
                    }
                    #expect(sentence.contains("`a`"))
                }
            }
        },
        StoreConformance("a lease that ran out goes to whoever asks, and the old holder can finish nothing") { bench in
            let (store, other) = (try await bench.open(), try await bench.open())
            let stale = try await bench.claim("a", in: store)
            bench.clock.advance(seconds: 61)
            guard case .claimed(let fresh) = try await other.claim(Job.ID("a"), of: bench.user) else {
                throw BenchFailure("an expired lease was not taken over")
            }
            #expect(fresh.attempt == 2)
            let decisions = [try bench.add("lint-first")]
            await #expect(throws: StoreError.leaseLost) { try await store.renew(stale) }
            await #expect(throws: StoreError.leaseLost) {
                try await store.end(stale, as: .failed, error: "late", report: bench.report)
            }
            await #expect(throws: StoreError.leaseLost) {
                try await store.commit(bench.request(stale)) { _ in Judgement(reasoning: "", decisions: decisions) }
            }
            #expect(try await bench.entries(in: other).isEmpty)
            let receipt = try await other.commit(bench.request(fresh)) { _ in
                Judgement(reasoning: "", decisions: decisions)
            }
            #expect(receipt.reflection.outcome == .applied)
        },
        StoreConformance("a renewed lease stays with its holder") { bench in
            let (store, other) = (try await bench.open(), try await bench.open())
            let claim = try await bench.claim("a", in: store)
            bench.clock.advance(seconds: 40)
            try await store.renew(claim)
            bench.clock.advance(seconds: 40)
            guard case .busy = try await other.claim(Job.ID("a"), of: bench.user) else {
                throw BenchFailure("a renewed lease was taken over")
            }
        },
        StoreConformance("a failed job is dead with one metric row, and claiming it by name is a retry") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            let receipt = try await store.end(claim, as: .failed, error: "no model", report: bench.report)
            #expect(receipt.reflection.error == "no model")
            let again = try await store.end(claim, as: .failed, error: "no model", report: bench.report)
            #expect(again.wasDoneBefore)
            #expect(try await store.metrics(of: bench.user).map(\.outcome) == [.failed])
            guard case .claimed(let retry) = try await store.claim(Job.ID("a"), of: bench.user) else {
                throw BenchFailure("a dead job was not brought back")
            }
            #expect(retry.attempt == 2)
            let decisions = [try bench.add("lint-first")]
            _ = try await store.commit(bench.request(retry)) { _ in Judgement(reasoning: "", decisions: decisions) }
            #expect(try await store.metrics(of: bench.user).map(\.outcome) == [.applied])
            #expect(try await store.reflections(HistoryQuery(user: bench.user)).map(\.outcome) == [.applied])
        },
    ]
}
