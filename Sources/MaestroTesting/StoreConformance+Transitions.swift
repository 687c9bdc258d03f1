// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

extension StoreConformance {
    static let transitions: [StoreConformance] = [
        StoreConformance("a counted failure is kept with its sentence, an uncounted one is not counted") { bench in
            let store = try await bench.open()
            let first = try await bench.claim("a", in: store)
            try await store.postpone(first, Postponement(wait: .zero, isCounted: true, error: "cut off"))
            let second = try #require(try await store.claim(upTo: 1).first)
            #expect(second.failures == 1)
            #expect(second.attempt == 2)
            try await store.postpone(second, Postponement(wait: .zero, isCounted: false))
            let job = try #require(try await store.jobs(JobQuery(user: bench.user)).first)
            #expect(job.failures == 1)
            #expect(job.error == "cut off")
            #expect(job.state == .queued)
        },
        StoreConformance("a worker that lost its job can change nothing, in no way") { bench in
            let (store, other) = (try await bench.open(), try await bench.open())
            let stale = try await bench.claim("a", in: store)
            bench.clock.advance(seconds: 61)
            #expect(try await store.holds(stale))
            let fresh = try #require(try await other.claim(upTo: 1).first)
            #expect(fresh.attempt == 2)
            #expect(try await [store.holds(stale), store.holds(fresh)] == [false, true])
            let decisions = [try bench.add("lint-first")]
            let actions: [@Sendable () async throws -> Void] = [
                { try await store.renew(stale) },
                { try await store.postpone(stale, Postponement(wait: .zero, isCounted: true)) },
                { _ = try await store.end(stale, as: .failed, error: "late", report: bench.report) },
                {
                    _ = try await store.commit(bench.request(stale)) { _ in
                        Judgement(reasoning: "", decisions: decisions)
                    }
                },
            ]
            for action in actions { await #expect(throws: StoreError.leaseLost) { try await action() } }
            #expect(try await other.jobs(JobQuery(user: bench.user)).map(\.takeovers) == [1])
            #expect(try await other.metrics(of: nil).isEmpty)
            try await other.renew(fresh)
        },
        StoreConformance("the third take-over ends a job dead, with its row and a sentence") { bench in
            let store = try await bench.open()
            _ = try await store.submit(bench.job("a"), bench.activity)
            for number in 1...3 {
                #expect(try await store.claim(upTo: 1).map(\.attempt) == [number])
                bench.clock.advance(seconds: 61)
            }
            #expect(try await store.claim(upTo: 1).isEmpty)
            let job = try #require(try await store.jobs(JobQuery(user: bench.user)).first)
            #expect(job.state == .dead && job.takeovers == 3)
            #expect(store.takeBurials() == [Burial(job: job.job, error: try #require(job.error))])
            #expect(store.takeBurials().isEmpty)
            #expect(job.error?.contains("3 times") == true)
            #expect(try await store.metrics(of: nil).map(\.outcome) == [.failed])
            #expect(try await store.reflections(HistoryQuery()).map(\.outcome) == [.failed])
            try await store.retry(Job.ID("a"), of: bench.user)
            let again = try #require(try await store.jobs(JobQuery(user: bench.user)).first)
            #expect(again.takeovers == 0 && again.failures == 0 && again.error == nil)
        },
        StoreConformance("of the jobs that were taken over twice a worker gets one at a time, beside others") { bench in
            let store = try await bench.open()
            for user in ["bob", "cyd", "dan"] { _ = try await store.submit(bench.job("a", of: user), bench.activity) }
            for _ in 1...2 {
                #expect(try await store.claim(upTo: 10).count == 3)
                bench.clock.advance(seconds: 61)
            }
            _ = try await store.submit(bench.job("a"), bench.activity)
            let claims = try await store.claim(upTo: 10)
            #expect(claims.count == 2 && claims.contains { $0.job.user == bench.user })
            #expect(try await store.claim(upTo: 10).isEmpty)
            // The worker dies of it once more: it alone is dead, and the next is tried.
            bench.clock.advance(seconds: 61)
            #expect(try await store.claim(upTo: 10).count == 2)
            #expect(try await store.jobs(JobQuery(user: nil, states: [.dead])).count == 1)
        },
        StoreConformance("no renewal reaches beyond the time that a job has in all") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            while bench.clock.now + 30 < claim.runUntil {
                bench.clock.advance(seconds: 30)
                try await store.renew(claim)
            }
            bench.clock.advance(seconds: 31)
            let next = try #require(try await store.claim(upTo: 1).first)
            #expect(next.attempt == 2)
            #expect(next.runUntil > claim.runUntil)
        },
        StoreConformance("a waiting or running job is cancelled with its row, and its worker finds the lease lost") {
            bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            _ = try await store.submit(bench.job("b"), bench.activity)
            for id in ["a", "b"] { try await store.cancel(Job.ID(id), of: bench.user) }
            await #expect(throws: StoreError.leaseLost) { try await store.renew(claim) }
            await #expect(throws: StoreError.leaseLost) {
                _ = try await store.end(claim, as: .cancelled, error: "", report: bench.report)
            }
            await #expect(throws: StoreError.leaseLost) {
                _ = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: []) }
            }
            #expect(try await store.metrics(of: nil).map(\.outcome) == [.cancelled, .cancelled])
            let error = await #expect(throws: StoreError.self) { try await store.cancel(Job.ID("a"), of: bench.user) }
            guard case .wrongState? = error else { throw BenchFailure("refused for another reason") }
            await #expect(throws: StoreError.notFound("job `x`")) {
                try await store.cancel(Job.ID("x"), of: bench.user)
            }
        },
        StoreConformance("a retry brings back what ended badly, makes what waits due, and refuses the rest") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            let running = await #expect(throws: StoreError.self) { try await store.retry(Job.ID("a"), of: bench.user) }
            guard case .wrongState? = running else { throw BenchFailure("a running job was retried") }
            try await store.postpone(claim, Postponement(wait: .seconds(999), isCounted: true, error: "no"))
            #expect(try await store.claim(upTo: 1).isEmpty)
            try await store.retry(Job.ID("a"), of: bench.user)
            let next = try #require(try await store.claim(upTo: 1).first)
            #expect(next.failures == 0)
            _ = try await store.commit(bench.request(next)) { _ in Judgement(reasoning: "", decisions: []) }
            let done = await #expect(throws: StoreError.self) { try await store.retry(Job.ID("a"), of: bench.user) }
            guard case .wrongState? = done else { throw BenchFailure("a done job was retried") }
            await #expect(throws: StoreError.notFound("job `x`")) { try await store.retry(Job.ID("x"), of: bench.user) }
        },
    ]

    static let upkeep: [StoreConformance] = [
        StoreConformance("jobs are listed running first, then queued, then ended; the backlog counts them") { bench in
            let store = try await bench.open()
            try await bench.reflect("done", [], in: store)
            bench.clock.advance(seconds: 1)
            let dead = try await bench.claim("dead", in: store)
            _ = try await store.end(dead, as: .failed, error: "no", report: bench.report)
            _ = try await bench.claim("running", in: store)
            for id in ["q1", "q2"] { _ = try await store.submit(bench.job(id), bench.activity) }
            _ = try await store.submit(bench.job("other", of: "other"), bench.activity)
            let ids = try await store.jobs(JobQuery(user: bench.user)).map(\.job.id.rawValue)
            #expect(ids == ["running", "q1", "q2", "dead", "done"])
            #expect(try await store.jobs(JobQuery(user: nil, states: [.queued])).count == 3)
            #expect(try await store.jobs(JobQuery(user: bench.user, prefix: "d")).map(\.state) == [.dead, .done])
            #expect(try await store.jobs(JobQuery(user: nil, limit: 2)).count == 2)
            for limit in [nil, Int.max] {
                let all = try await store.jobs(JobQuery(user: bench.user, limit: limit)).map(\.job.id.rawValue)
                #expect(all == ids)
            }
            let backlog = try await store.backlog(of: bench.user)
            #expect(backlog.counts == [.running: 1, .queued: 2, .dead: 1, .done: 1])
            #expect(backlog.due == 2)
            #expect(backlog.oldestSubmission == bench.clock.now)
            #expect(try await store.backlog(of: nil).queued == 3)
            #expect(try await store.backlog(of: UserID("nobody")) == Backlog())
        },
        StoreConformance("only live processes that registered are workers") { bench in
            let (store, other) = (try await bench.open(), try await bench.open())
            #expect(try await other.workers().isEmpty)
            try await store.registerWorker()
            #expect(try await other.workers().count == 1)
            #expect(try await store.workers() == other.workers())
            try await other.resignWorker()
            #expect(try await other.workers().count == 1)
            try await store.resignWorker()
            try await store.resignWorker()
            #expect(try await other.workers().isEmpty)
            #expect(try await store.claim(upTo: 1).isEmpty)
            #expect(try await other.workers().isEmpty)
        },
        StoreConformance("old activities are forgotten, except where a change waits; growth is still seen") { bench in
            let store = try await bench.open()
            let waits = bench.decision(.add, "y", verdict: .waiting, code: .untrustedEvidence)
            try await bench.reflect("waits", [waits], in: store)
            try await bench.reflect("a", [], in: store)
            try await bench.reflect("b", [], in: store)
            _ = try await store.submit(bench.job("queued"), bench.activity)
            bench.clock.advance(seconds: 10)
            let limit = bench.clock.now
            #expect(try await store.forgetActivities(endedBefore: limit - 10, atMost: 9) == 0)
            #expect(try await store.forgetActivities(endedBefore: limit, atMost: 1) == 1)
            #expect(try await store.forgetActivities(endedBefore: limit, atMost: 9) == 1)
            #expect(try await store.forgetActivities(endedBefore: limit, atMost: 9) == 0)
            #expect(try await store.activity(of: Job.ID("a"), user: bench.user) == nil)
            #expect(try await store.activity(of: Job.ID("waits"), user: bench.user) != nil)
            #expect(try await store.activity(of: Job.ID("queued"), user: bench.user) != nil)
            #expect(try await store.submit(bench.job("a"), bench.activity) == .existing(Job.ID("a"), .done))
            let grown = try await store.submit(bench.job("a"), bench.activity(events: 2))
            #expect(grown == .continued(Job.ID("a#2"), from: 2))
            let accepted = try bench.add("y")
            let change = ChangeID(Reflection.ID(user: bench.user, job: Job.ID("waits")), 1)
            _ = try await store.settle(change, of: bench.user, resolver: "person", reason: nil) { _, _, _ in accepted }
            #expect(try await bench.entries(in: store) == ["y": "a rule"])
            #expect(try await store.forgetActivities(endedBefore: limit, atMost: 9) == 1)
        },
        StoreConformance("a dead job whose activity was forgotten is refused until it is submitted again") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            _ = try await store.end(claim, as: .failed, error: "no", report: bench.report)
            bench.clock.advance(seconds: 1)
            #expect(try await store.forgetActivities(endedBefore: bench.clock.now, atMost: 9) == 1)
            let error = await #expect(throws: StoreError.self) { try await store.retry(Job.ID("a"), of: bench.user) }
            guard case .wrongState? = error else { throw BenchFailure("retried without an activity") }
            #expect(try await store.submit(bench.job("a"), bench.activity) == .existing(Job.ID("a"), .dead))
            // Not at once again: it is there to be retried.
            #expect(try await store.forgetActivities(endedBefore: bench.clock.now, atMost: 9) == 0)
            try await store.retry(Job.ID("a"), of: bench.user)
            #expect(try await store.claim(upTo: 1).map(\.activity) == [bench.activity])
        },
        StoreConformance("what a dead job grew by is not forgotten before it can be retried") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            _ = try await store.end(claim, as: .failed, error: "no", report: bench.report)
            bench.clock.advance(seconds: 10)
            let grown = bench.activity(events: 2)
            #expect(try await store.submit(bench.job("a"), grown) == .grown(Job.ID("a"), .dead))
            #expect(try await store.forgetActivities(endedBefore: bench.clock.now, atMost: 9) == 0)
            try await store.retry(Job.ID("a"), of: bench.user)
            #expect(try await store.claim(upTo: 1).map(\.activity) == [grown])
        },
        StoreConformance("a late reply about a job whose transcript grew meanwhile is not kept") { bench in
            let store = try await bench.open()
            let claim = try await bench.claim("a", in: store)
            try await store.cancel(claim.job.id, of: bench.user)
            let grown = bench.activity(events: 2)
            #expect(try await store.submit(bench.job("a"), grown) == .grown(Job.ID("a"), .cancelled))
            let reply = StoredReply(
                reply: ReflectorReply(text: "late"),
                base: Base(),
                reflector: "scripted",
                digest: DigestSize(bytes: 1, ofBytes: 1)
            )
            try await store.keep(reply, for: claim, costing: bench.attempt(for: claim))
            #expect(try await store.storedReply(for: claim.reflection) == nil)
        },
    ]
}
