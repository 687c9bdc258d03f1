// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

extension StoreConformance {
    static let commits: [StoreConformance] = [
        StoreConformance("a commit writes documents, history, metric and the end of the job") { bench in
            let store = try await bench.open()
            let receipt = try await bench.reflect("a", [try bench.add("lint-first")], in: store)
            #expect(receipt.reflection.outcome == .applied)
            #expect(receipt.reflection.memoryChanges == 1)
            #expect(receipt.wasDoneBefore == false)
            #expect(try await bench.entries(in: store) == ["lint-first": "a rule"])
            #expect(try await store.metrics(of: bench.user).map(\.memoryChanges) == [1])
            #expect(try await store.reflections(HistoryQuery(user: bench.user)) == [receipt.reflection])
            guard case .finished(let first) = try await store.claim(Job.ID("a"), of: bench.user) else {
                throw BenchFailure("a finished job was claimed again")
            }
            #expect(first.reflection == receipt.reflection)
            #expect(first.decisions == receipt.decisions)
        },
        StoreConformance("committing the same reflection again changes nothing and asks nobody") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            let decisions = [try bench.add("lint-first")]
            let first = try await store.commit(bench.request(claim)) { _ in
                Judgement(reasoning: "", decisions: decisions)
            }
            let again = try await store.commit(bench.request(claim)) { _ in throw BenchFailure("asked again") }
            #expect(again.wasDoneBefore)
            #expect(again.reflection == first.reflection)
            #expect(try await store.metrics(of: nil).count == 1)
        },
        StoreConformance("where deciding throws, nothing has changed") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            await #expect(throws: BenchFailure.self) {
                try await store.commit(bench.request(claim)) { _ in throw BenchFailure("no decision") }
            }
            #expect(try await bench.entries(in: store).isEmpty)
            #expect(try await store.reflections(HistoryQuery()).isEmpty)
            #expect(try await store.metrics(of: nil).isEmpty)
            try await store.renew(claim)
        },
        StoreConformance("one decision that does not fit leaves all of them undone") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            let decisions = [
                try bench.add("one"), try bench.update("two", from: "nobody wrote this", to: "x", ordinal: 2),
            ]
            await #expect(throws: StoreError.self) {
                try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: decisions) }
            }
            #expect(try await bench.entries(in: store).isEmpty)
            #expect(try await store.reflections(HistoryQuery()).isEmpty)
        },
        StoreConformance("deciding sees the state of that moment") { bench in
            let store = try await bench.open()
            try await bench.reflect("a", [try bench.add("lint-first")], in: store)
            let claim = try await bench.claim("b", in: store)
            let update = try bench.update("lint-first", from: "a rule", to: "a better rule")
            _ = try await store.commit(bench.request(claim)) { now in
                #expect(now.entries.map(\.description) == ["a rule"])
                return Judgement(reasoning: "", decisions: [update])
            }
            #expect(try await bench.entries(in: store) == ["lint-first": "a better rule"])
        },
        StoreConformance("outcomes follow from the verdicts") { bench in
            let store = try await bench.open()
            let refused = bench.decision(.update, "x", verdict: .rejected, code: .notShown)
            let waiting = bench.decision(.add, "y", verdict: .waiting, code: .untrustedEvidence)
            #expect(try await bench.reflect("a", [], in: store).reflection.outcome == .abstained)
            #expect(try await bench.reflect("b", [refused], in: store).reflection.outcome == .rejected)
            #expect(try await bench.reflect("c", [waiting], in: store).reflection.outcome == .proposed)
            #expect(try await store.metrics(of: bench.user).count == 3)
            #expect(try await store.codeCounts(of: nil) == [.notShown: 1, .untrustedEvidence: 1])
        },
        StoreConformance("a reply is kept until the commit, and its tokens are summed over the asks") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            let base = Base(piece: "fix-issue", citable: [1])
            let reply = ReflectorReply(text: "{}", model: "m", tokensIn: 100, tokensOut: 10)
            let stored = StoredReply(
                reply: reply,
                base: base,
                reflector: "scripted",
                digest: DigestSize(bytes: 1, ofBytes: 2),
                notes: ["cut"]
            )
            for tokens in [100, nil] { try await store.record(bench.attempt(for: claim, tokensIn: tokens)) }
            try await store.keep(stored, for: claim, costing: bench.attempt(for: claim, tokensIn: 20))
            #expect(try await store.storedReply(for: claim.reflection) == stored)
            let receipt = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
            #expect(receipt.reflection.tokensIn == 120)
            #expect(receipt.reflection.tokensOut == nil)
            #expect(try await store.storedReply(for: claim.reflection) == nil)
        },
        StoreConformance("a reply that comes when another process has its job takes the place of no other") { bench in
            let (store, other) = (try await bench.open(), try await bench.open())
            let stale = try await bench.claim("a", in: store)
            bench.clock.advance(seconds: 61)
            guard case .claimed(let fresh) = try await other.claim(Job.ID("a"), of: bench.user) else {
                throw BenchFailure("an expired lease was not taken over")
            }
            func reply(_ event: Int) -> StoredReply {
                StoredReply(
                    reply: ReflectorReply(text: "reply \(event)", model: "m", tokensIn: 1, tokensOut: 1),
                    base: Base(piece: nil, citable: [event]),
                    reflector: "scripted",
                    digest: DigestSize(bytes: 1, ofBytes: 2),
                    notes: []
                )
            }
            try await other.keep(reply(1), for: fresh, costing: bench.attempt(for: fresh, tokensIn: 1))
            try await store.keep(reply(2), for: stale, costing: bench.attempt(for: stale, tokensIn: 1))
            #expect(try await other.storedReply(for: fresh.reflection) == reply(1))
            let waiting = bench.decision(.add, "y", verdict: .waiting, code: .untrustedEvidence)
            _ = try await other.commit(bench.request(fresh)) { _ in
                Judgement(reasoning: "", decisions: [waiting])
            }
            try await store.keep(reply(2), for: stale, costing: bench.attempt(for: stale, tokensIn: 1))
            // Both were paid for before the commit, and one after it.
            #expect(try await store.metrics(of: nil).map(\.tokensIn) == [3])

            #expect(try await store.storedReply(for: stale.reflection) == nil)
            let change = ChangeID(fresh.reflection, waiting.ordinal)
            _ = try await other.settle(change, of: bench.user, resolver: "ada", reason: nil) { decision, base, _ in
                #expect(base.citable == [1])
                return decision
            }
        },
        StoreConformance("a reply outlives the end of its job where it was good, or the job was cancelled") { bench in
            let store = try await bench.open()
            for (id, keepsReply) in [("good", true), ("bad", false)] {
                let claim = try await bench.claim(id, in: store)
                let reply = StoredReply(
                    reply: ReflectorReply(text: "{}"),
                    base: Base(),
                    reflector: "scripted",
                    digest: DigestSize(bytes: 1, ofBytes: 1)
                )
                try await store.keep(reply, for: claim, costing: bench.attempt(for: claim))
                var report = bench.report
                report.keepsReply = keepsReply
                _ = try await store.end(claim, as: .failed, error: "no", report: report)
                #expect(try await store.storedReply(for: claim.reflection) == (keepsReply ? reply : nil))
            }
            let claim = try await bench.claim("c", in: store)
            try await store.cancel(claim.job.id, of: bench.user)
            let reply = StoredReply(
                reply: ReflectorReply(text: "late"),
                base: Base(),
                reflector: "scripted",
                digest: DigestSize(bytes: 1, ofBytes: 1)
            )
            try await store.keep(reply, for: claim, costing: bench.attempt(for: claim, tokensIn: 100))
            #expect(try await store.storedReply(for: claim.reflection) == reply)
            #expect(try await store.metrics(of: nil).first?.tokensIn == 100)
            // Not for ever.
            bench.clock.advance(seconds: 1)
            #expect(try await store.forgetActivities(endedBefore: bench.clock.now, atMost: 9) == 3)
            #expect(try await store.storedReply(for: claim.reflection) == nil)
        },
        StoreConformance("two stores that commit for one user at once lose nothing") { bench in
            let first = try await bench.open()
            let second = try await bench.open()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, store) in [first, second, first, second, first, second].enumerated() {
                    let write = try bench.add("entry-\(number)")
                    group.addTask {
                        let request = CommitRequest(
                            reflection: Reflection.ID("person-\(number)"),
                            kind: .person,
                            user: bench.user,
                            scope: bench.project,
                            report: bench.report
                        )
                        _ = try await store.commit(request) { _ in Judgement(reasoning: "", decisions: [write]) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.entries(in: first).keys.sorted() == (0..<6).map { "entry-\($0)" })
            #expect(try await first.reflections(HistoryQuery(kinds: [.person])).count == 6)
            #expect(try await first.metrics(of: nil).isEmpty)
        },
    ]
}
