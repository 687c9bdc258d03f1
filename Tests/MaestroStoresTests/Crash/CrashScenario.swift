// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// Something that a process does and may die at, anywhere.
struct CrashScenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What stands before.
    var prepare: @Sendable (CrashBench, LocalStore) async throws -> Void = { _, _ in }
    /// What may be interrupted; whoever repeats it wants the same end.
    let run: @Sendable (CrashBench, LocalStore) async throws -> Void
    /// Whether the process leaves its snapshots to be synced together, as a worker does.
    var defersSnapshots = false
    /// Writes so few files that every state which a power failure may leave can be tried.
    var isSmall = false
}

extension CrashScenario {
    static let all = [
        reflection, secondOpinion, badDay, growth, acceptance, refusal, revert, personsWords, cancellation, twoUsers,
    ]

    /// Two entries stand, and a job changes one, removes the other and adds a third.
    static let reflection = CrashScenario(testDescription: "a whole reflection") { bench, store in
        let words = "run the linter first"
        let standing = [try bench.stores.add("one", words), try bench.stores.add("two", words, ordinal: 2)]
        try await bench.stores.reflect("a", standing, in: store)
    } run: { bench, store in
        try await bench.work(on: "b", in: store)
    }

    /// A second job says what waits of the first, which is thereby accepted.
    private static let secondOpinion = CrashScenario(testDescription: "a change that confirms a waiting one") {
        bench,
        store in
        let waiting = bench.stores.decision(.add, "three", verdict: .waiting, code: .untrustedEvidence)
        try await bench.stores.reflect("a", [waiting], in: store)
    } run: { bench, store in
        let stores = bench.stores
        guard case .claimed(let claim) = try await bench.claim("b", in: store) else { return }
        _ = try await store.commit(stores.request(claim)) { state in
            var agreeing = try stores.add("three")
            agreeing.agreesWith = state.unconfirmed.first?.change
            return Judgement(reasoning: "", decisions: [agreeing])
        }
    }
    .deferringSnapshots

    /// The server fails once; the job goes back, and is done the next time.
    private static let badDay = CrashScenario(testDescription: "a job whose server fails once") { _, _ in
    } run: { bench, store in
        bench.failsOnce()
        _ = try await store.submit(bench.stores.job("b"), bench.stores.activity)
        while try await !store.jobs(JobQuery(user: bench.stores.user, states: [.queued, .running])).isEmpty {
            for claim in try await store.claim(upTo: 4) { try await bench.run(claim, in: store) }
            bench.local.clock.advance(seconds: 61)
        }
    }
    .deferringSnapshots

    /// A transcript that grew after its job was done.
    private static let growth = CrashScenario(testDescription: "a transcript that grew") { bench, store in
        try await bench.stores.reflect("a", [try bench.stores.add("one", "run linter 2 first")], in: store)
    } run: { bench, store in
        bench.cites(2)
        let submission = try await store.submit(bench.stores.job("a"), bench.stores.activity(events: 3))
        guard case .claimed(let claim) = try await store.claim(submission.job, of: bench.stores.user) else { return }
        try await bench.run(claim, in: store)
    }

    private static let waits: @Sendable (CrashBench, LocalStore) async throws -> Void = { bench, store in
        let waiting = bench.stores.decision(.add, "one", verdict: .waiting, code: .untrustedEvidence)
        try await bench.stores.reflect("a", [waiting], in: store)
    }

    private static let acceptance = CrashScenario(testDescription: "a waiting change that is accepted", prepare: waits)
    {
        bench,
        store in
        guard let waiting = try await store.waiting(of: bench.stores.user).first else { return }
        let accepted = try bench.stores.add("one")
        _ = try await store.settle(waiting.id, of: bench.stores.user, resolver: "person", reason: nil) { _, _, _ in
            accepted
        }
    }

    private static let refusal = CrashScenario(testDescription: "a waiting change that is rejected", prepare: waits) {
        bench,
        store in
        guard let waiting = try await store.waiting(of: bench.stores.user).first else { return }
        let rejected = bench.stores.decision(.add, "one", verdict: .rejected)
        _ = try await store.settle(waiting.id, of: bench.stores.user, resolver: "person", reason: "no") { _, _, _ in
            rejected
        }
    }

    static let revert = CrashScenario(testDescription: "a revert") { bench, store in
        let stores = bench.stores
        try await stores.reflect("a", [try stores.add("one"), try stores.add("two", ordinal: 2)], in: store)
        let changes = [try stores.update("one", from: "a rule", to: "changed"), try stores.remove("two", ordinal: 2)]
        try await stores.reflect("b", changes, in: store)
    } run: { bench, store in
        let reflections = try await store.reflections(HistoryQuery(user: bench.stores.user))
        guard !reflections.contains(where: { $0.kind == .revert }),
            let b = reflections.first(where: { $0.job == Job.ID("b") })
        else { return }
        try await bench.stores.revert([b.id], as: "revert-b", in: store)
    }

    private static let personsWords = CrashScenario(
        testDescription: "a person's own words",
        run: { bench, store in
            let request = CommitRequest(
                reflection: Reflection.ID("remember-1"),
                kind: .person,
                user: bench.stores.user,
                scope: bench.stores.project,
                report: Report(reflector: "person", startedAt: bench.local.clock.now)
            )
            let decision = try bench.stores.add("one")
            _ = try await store.commit(request) { _ in Judgement(reasoning: "", decisions: [decision]) }
        },
        isSmall: true
    )

    /// What operators do: pauses, a cancelled job, one that is brought back, activities that are forgotten.
    private static let cancellation = CrashScenario(testDescription: "what operators do") { bench, store in
        _ = try await store.submit(bench.stores.job("a"), bench.stores.activity)
        try await bench.stores.reflect("b", [try bench.stores.add("one")], in: store)
    } run: { bench, store in
        let user = bench.stores.user
        let query = JobQuery(user: user, states: [.queued])
        try await store.pause(Pause(user: user, reason: "wait", since: bench.local.clock.now))
        for job in try await store.jobs(query) { try await store.cancel(job.job.id, of: user) }
        _ = try await store.forgetActivities(endedBefore: bench.local.clock.now.addingTimeInterval(1), atMost: 10)
        _ = try await store.resume(user)
    }

    /// One process drains what two users left.
    static let twoUsers = CrashScenario(testDescription: "a worker with jobs of two users") { bench, store in
        for user in ["ada", "bob"] {
            _ = try await store.submit(bench.stores.job("\(user)-1", of: user), bench.stores.activity)
        }
    } run: { bench, store in
        while true {
            let claims = try await store.claim(upTo: 1)
            if claims.isEmpty { return }
            for claim in claims { try await bench.run(claim, in: store) }
            try await store.syncSnapshots()
        }
    }
    .deferringSnapshots

    private var deferringSnapshots: CrashScenario {
        var scenario = self
        scenario.defersSnapshots = true
        return scenario
    }
}
