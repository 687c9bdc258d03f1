// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import Testing

/// Fills a store with something of every kind, by the moves that workers and people make.
struct FilledStore {
    /// Its id is written with a letter and an accent apart, and needs more than ASCII.
    static let other = UserID("Zoe\u{308} 東京/ü")
    /// Longer than a folder's name may be.
    static let longScope = Scope.project("git.example.org/" + String(repeating: "größe/", count: 40))

    let bench: StoreBench
    let store: any Store

    /// - Returns: the reflection that made entry `keep`, which nothing was built on.
    @discardableResult
    func fill() async throws -> Reflection.ID {
        try await finishJobs()
        try await leaveChangesWaiting()
        try await endJobsBadly()
        try await fillQueue()
        try await actAsPersons()
        return try await bench.reflect("keep-job", [try bench.add("keep")], in: store).reflection.id
    }

    private func tick() { bench.clock.advance(seconds: 1) }

    private func finishJobs() async throws {
        let claim = try await bench.claim("paid", in: store)
        try await store.record(bench.attempt(for: claim, tokensIn: 11, error: "503, try again"))
        try await store.record(bench.attempt(for: claim, tokensIn: 11, error: "503, try again"))
        let reply = StoredReply(
            reply: ReflectorReply(text: "{\"reasoning\": \"früh\"}", model: "m", tokensIn: 100, tokensOut: 7),
            base: Base(piece: "fix-issue", citable: [1]),
            reflector: "scripted",
            digest: DigestSize(bytes: 9, ofBytes: 10)
        )
        try await store.keep(reply, for: claim, costing: bench.attempt(for: claim, tokensIn: 100, tokensOut: 7))
        let decisions = [try bench.add("one"), try bench.add("two", ordinal: 2)]
        _ = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "für", decisions: decisions) }
        tick()
        try await bench.reflect("b", [try bench.update("one", from: "a rule", to: "changed")], in: store)
        tick()
        try await bench.reflect("c", [try bench.remove("two")], in: store)
        tick()
        let undone = try await bench.reflect("d", [try bench.add("undone")], in: store)
        tick()
        try await bench.revert([undone.reflection.id], as: "taken-back", in: store)
        tick()
        try await bench.reflect("e", [bench.decision(.confirm, "one")], in: store)
        try await bench.reflect("f", [], in: store)
    }

    private func leaveChangesWaiting() async throws {
        let waiting = bench.decision(.add, "later", verdict: .waiting, code: .untrustedEvidence)
        let refused = bench.decision(.add, "never", ordinal: 2, verdict: .rejected, code: .secret)
        try await bench.reflect("waits", [waiting, refused], in: store)
        let agreed = try await bench.reflect("agreed", [waiting], in: store).reflection.id
        tick()
        let accepted = try bench.add("later")
        _ = try await store.settle(ChangeID(agreed, 1), of: bench.user, resolver: "person", reason: "yes") { _, _, _ in
            accepted
        }
    }

    private func endJobsBadly() async throws {
        let claim = try await bench.claim("fails", in: store)
        _ = try await store.end(claim, as: .failed, error: "no answer", report: bench.report)
        _ = try await store.submit(bench.job("unwanted"), bench.activity)
        try await store.cancel(Job.ID("unwanted"), of: bench.user)
        tick()
        // What ended so far is forgotten, but for the change that waits.
        _ = try await store.forgetActivities(endedBefore: bench.clock.now, atMost: 3)
    }

    private func fillQueue() async throws {
        let claim = try await bench.claim("later-job", in: store)
        try await store.postpone(claim, Postponement(wait: .seconds(60), isCounted: true, error: "503"))
        _ = try await store.submit(bench.job("z-first"), bench.activity(events: 3000))
        _ = try await store.submit(bench.job("a-second"), bench.activity)
        _ = try await store.submit(bench.job("b"), bench.activity(events: 4))
        // It went on since it was reflected on.
        _ = try await store.submit(bench.job("paid"), bench.activity(events: 5))
        _ = try await store.submit(bench.job("theirs", of: Self.other.rawValue), bench.activity)
    }

    private func actAsPersons() async throws {
        let piece = try #require(PieceName("fix-issue"))
        let yaml =
            "maestro: 1\nname: fix-issue\ndescription: Füge es.\nstart: plan\nsteps:\n"
            + "  - { id: plan, title: Plan, persona: planner, instruction: Lies es. }\n"
        for (number, act) in [
            PersonAct.remember("Antworte auf Deutsch, größtenteils.", type: .user), .editPiece(piece, text: yaml),
        ].enumerated() {
            let request = CommitRequest(
                reflection: Reflection.ID("person-\(number)"),
                kind: .person,
                user: Self.other,
                scope: Self.longScope,
                report: Report(reflector: "person", startedAt: bench.clock.now)
            )
            _ = try await store.commit(request) { act.judgement(on: $0) }
            tick()
        }
        let entry = try bench.path("deep", in: Self.longScope)
        let write = DocumentWrite(path: entry, before: nil, after: bench.text("deep", "tief unten"))
        let request = CommitRequest(
            reflection: Reflection.ID("deep"),
            kind: .person,
            user: Self.other,
            scope: Self.longScope,
            report: Report(reflector: "person", startedAt: bench.clock.now)
        )
        var decision = bench.decision(.add, "deep", writes: [write])
        decision.scope = Self.longScope
        let added = decision
        _ = try await store.commit(request) { _ in Judgement(reasoning: "", decisions: [added]) }
        try await store.pause(Pause(user: Self.other, reason: "verreist", since: bench.clock.now))
        try await store.record(
            RecallRecord(
                id: "recall-1",
                user: bench.user,
                scope: bench.project,
                job: Job.ID("b"),
                time: bench.clock.now,
                budgetTokens: 300,
                exposures: [.init(path: try bench.path("one"), hash: ContentHash(of: "x"), rank: 1, inFull: true)]
            )
        )
    }
}
