// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)), .timeLimit(.minutes(5)))
struct `A commit whose answer is lost` {
    private func onCutWire(_ body: (PostgresBench, CutWire, PostgresStore) async throws -> Void) async throws {
        let bench = try await PostgresBench()
        let wire = try CutWire(to: bench.folder)
        do {
            try await body(bench, wire, try await bench.open(through: wire))
        } catch {
            try wire.end()
            throw error
        }
        try wire.end()
    }

    @Test func `is found by the next try: a job is cancelled once, and nobody is told that it had ended`() async throws
    {
        try await onCutWire { bench, wire, store in
            _ = try await store.submit(bench.bench.job("a"), bench.bench.activity)
            wire.cut(answer: "COMMIT")
            try await store.cancel(Job.ID("a"), of: bench.bench.user)
            #expect(!wire.isWhole)
            #expect(try await store.jobs(JobQuery(user: nil)).map(\.state) == [.cancelled])
            #expect(try await store.metrics(of: nil).map(\.outcome) == [.cancelled])
            await #expect(throws: StoreError.self) { try await store.cancel(Job.ID("a"), of: bench.bench.user) }
        }
    }

    @Test(arguments: [Decision.Verdict.accepted, .rejected])
    func `is found by the next try: a change is settled once, and the person gets its receipt`(
        as verdict: Decision.Verdict
    ) async throws {
        try await onCutWire { bench, wire, store in
            let moves = bench.bench
            var waiting = try moves.add("one")
            waiting.verdict = .waiting
            waiting.code = .untrustedEvidence
            let writes = waiting.writes
            let first = try await moves.reflect("a", [waiting], in: store)
            let change = ChangeID(first.reflection.id, 1)
            wire.cut(answer: "COMMIT")
            let receipt = try await settle(change, as: verdict, writing: writes, in: store)
            #expect(!wire.isWhole)
            #expect(receipt.decisions.map(\.verdict) == [verdict])
            #expect(try await moves.entries(in: store) == (verdict == .accepted ? ["one": "a rule"] : [:]))
            #expect(
                try await store.operations(of: first.reflection.id, user: moves.user).count
                    == (verdict == .accepted ? 1 : 0)
            )
            await #expect(throws: StoreError.self) {
                try await settle(change, as: verdict, writing: writes, in: store)
            }
        }
    }

    @discardableResult
    private func settle(
        _ change: ChangeID,
        as verdict: Decision.Verdict,
        writing writes: [DocumentWrite],
        in store: PostgresStore
    ) async throws -> Receipt {
        try await store.settle(change, of: UserID("me"), resolver: "person", reason: nil) { decision, _, _ in
            var decision = decision
            decision.verdict = verdict
            decision.code = nil
            decision.writes = verdict == .accepted ? writes : []
            return decision
        }
    }

    @Test func `is found by the next try: a pause is taken back, and it is said that there was one`() async throws {
        try await onCutWire { bench, wire, store in
            try await store.pause(Pause(user: nil, until: nil, reason: nil, since: bench.clock.now))
            wire.cut(answer: "DELETE 1")
            #expect(try await store.resume(nil))
            #expect(!wire.isWhole)
            #expect(try await store.pauses().isEmpty)
            #expect(try await !store.resume(nil))
        }
    }

    @Test func `is found by the next try: a reflection is committed once`() async throws {
        try await onCutWire { bench, wire, store in
            let moves = bench.bench
            let claim = try await moves.claim("a", in: store)
            let decisions = [try moves.add("one")]
            wire.cut(answer: "COMMIT")
            let receipt = try await store.commit(moves.request(claim)) { _ in
                Judgement(reasoning: "because", decisions: decisions)
            }
            #expect(!wire.isWhole)
            #expect(receipt.reflection.outcome == .applied)
            #expect(try await store.reflections(HistoryQuery(user: moves.user)).count == 1)
            #expect(try await moves.entries(in: store) == ["one": "a rule"])
        }
    }

    @Test func `is found by the next try: a claim that nobody heard of is this worker's`() async throws {
        try await onCutWire { bench, wire, store in
            _ = try await store.submit(bench.bench.job("a"), bench.bench.activity)
            wire.cut(answerTo: "FOR UPDATE OF waiting SKIP LOCKED")
            let claims = try await store.claim(upTo: 4)
            #expect(!wire.isWhole)
            #expect(claims.map(\.job.id.rawValue) == ["a"])
            #expect(claims.map(\.attempt) == [1])
        }
    }
}

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)), .timeLimit(.minutes(5)))
struct `A user's state on PostgreSQL` {
    @Test func `is of one moment, also where a change is settled between two of its statements`() async throws {
        let bench = try await PostgresBench()
        let (moves, store) = (bench.bench, try await bench.open())
        var waiting = try moves.add("one")
        waiting.verdict = .waiting
        waiting.code = .untrustedEvidence
        try await moves.reflect("a", [waiting], in: store)

        // The first statement reads documents; the next, of changes, waits until they are settled.
        let reading = try await bench.pool().transaction { transaction in
            try await transaction.run("LOCK TABLE changes IN ACCESS EXCLUSIVE MODE")
            let reading = Task { try await store.state(of: moves.user, in: moves.project) }
            let waiters = "SELECT 1 FROM pg_locks WHERE relation = 'changes'::regclass AND NOT granted"
            while try await transaction.run(waiters).rows.isEmpty { await Task.yield() }
            try await transaction.run("UPDATE changes SET verdict = 'accepted', code = NULL")
            return reading
        }
        #expect(try await reading.value.unconfirmed.count == 1)
        #expect(try await store.state(of: moves.user, in: moves.project).unconfirmed.isEmpty)
    }
}

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)), .timeLimit(.minutes(1)))
struct `A database that is away` {
    /// An orchestrator kills a process that does not end within half a minute of its signal.
    @Test func `is not waited for by a process that is to end`() async throws {
        let bench = try await PostgresBench()
        let wire = try CutWire(to: bench.folder)
        let store = try await bench.open(through: wire, repeatBound: .seconds(3600))
        // The one that is open breaks with the question, and there is no other.
        wire.cut(answer: "SELECT 1")
        try wire.end()
        let answer = Task { try await store.backlog(of: nil) }
        store.hurry()
        await #expect(throws: StoreError.self) { try await answer.value }
    }
}
#endif
