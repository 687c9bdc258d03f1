// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

extension StoreConformance {
    static let settling: [StoreConformance] = [
        StoreConformance("a waiting change is settled later, on the state of that moment and with its base") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            let base = Base(piece: "fix-issue", citable: [1, 2])
            try await store.keep(
                StoredReply(
                    reply: ReflectorReply(text: "{}"),
                    base: base,
                    reflector: "scripted",
                    digest: DigestSize(bytes: 1, ofBytes: 1)
                ),
                for: claim,
                costing: bench.attempt(for: claim)
            )
            let waiting = bench.decision(.add, "lint-first", verdict: .waiting, code: .untrustedEvidence)
            _ = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: [waiting]) }
            let list = try await store.waiting(of: bench.user)
            #expect(list.map(\.decision) == [waiting])
            #expect(list.map(\.reflection.id) == [claim.reflection])

            let accepted = try bench.add("lint-first")
            let receipt = try await store.settle(
                ChangeID(claim.reflection, 1),
                of: bench.user,
                resolver: "person",
                reason: nil
            ) { decision, seen, now in
                #expect(decision == waiting)
                #expect(seen == base)
                #expect(now.entries.isEmpty)
                return accepted
            }
            #expect(receipt.reflection.outcome == .applied)
            #expect(receipt.reflection.memoryChanges == 1)
            #expect(receipt.decisions.map(\.verdict) == [.accepted])
            #expect(try await bench.entries(in: store) == ["lint-first": "a rule"])
            #expect(try await store.waiting(of: bench.user).isEmpty)
            #expect(try await store.metrics(of: nil).map(\.outcome) == [.proposed])
        },
        StoreConformance("a change that does not wait cannot be settled") { bench in
            let store = try await bench.open()
            let receipt = try await bench.reflect("a", [try bench.add("lint-first")], in: store)
            for (id, isKnown) in [
                (ChangeID(receipt.reflection.id, 1), true), (ChangeID(receipt.reflection.id, 9), false),
            ] {
                let error = await #expect(throws: StoreError.self) {
                    try await store.settle(id, of: bench.user, resolver: "person", reason: nil) { _, _, _ in
                        throw BenchFailure("asked about a settled change")
                    }
                }
                if case .notWaiting? = error { #expect(isKnown) } else { #expect(!isKnown) }
            }
        },
        StoreConformance("a person's no is kept with its reason, and a waiting answer changes nothing") { bench in
            let store = try await bench.open()
            let waiting = bench.decision(.add, "lint-first", verdict: .waiting, code: .untrustedEvidence)
            let receipt = try await bench.reflect("a", [waiting], in: store)
            let change = ChangeID(receipt.reflection.id, 1)
            let still = try await store.settle(change, of: bench.user, resolver: "person", reason: nil) {
                decision,
                _,
                _ in
                decision
            }
            #expect(still.reflection.outcome == .proposed)
            var declined = waiting
            declined.verdict = .rejected
            declined.code = .declined
            let answer = declined
            let after = try await store.settle(change, of: bench.user, resolver: "person", reason: "wrong") { _, _, _ in
                answer
            }
            #expect(after.reflection.outcome == .rejected)
            #expect(after.decisions.map(\.code) == [.declined])
            #expect(try await bench.entries(in: store).isEmpty)
        },
        StoreConformance("a second job that says the same settles the first one's waiting change") { bench in
            let store = try await bench.open()
            let waiting = bench.decision(.add, "lint-first", verdict: .waiting, code: .untrustedEvidence)
            let first = try await bench.reflect("a", [waiting], in: store)
            let change = ChangeID(first.reflection.id, 1)
            let claim = try await bench.claim("b", in: store)
            var agreeing = try bench.add("lint-first")
            agreeing.agreesWith = change.description
            let decision = agreeing
            _ = try await store.commit(bench.request(claim)) { now in
                #expect(now.unconfirmed.map(\.change) == [change.description])
                #expect(now.unconfirmed.map(\.job) == [Job.ID("a")])
                return Judgement(reasoning: "", decisions: [decision])
            }
            #expect(try await store.waiting(of: bench.user).isEmpty)
            let settled = try await store.receipt(for: first.reflection.id, of: bench.user)
            #expect(settled?.decisions.map(\.verdict) == [.accepted])
            #expect(settled?.reflection.outcome == .applied)
            #expect(try await store.state(of: bench.user, in: bench.project).unconfirmed.isEmpty)
        },
    ]
}
