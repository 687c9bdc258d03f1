// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import Testing

/// What it does where the model, its endpoint or a limit of one user stands in the way.
@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `A worker on a bad day of its model` {
    private let bench = WorkerBench()

    @Test func `keeps all jobs where the endpoint refuses, says so once, and pays one call a look`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 3, "bob": 2], to: store)
        let reflector = ScriptedReflector([.failure(.refused("the key is wrong", status: 401))])

        let summary = try await bench.worker(store, reflector, slots: 1).run()

        #expect(summary.leftBecause == "the key is wrong")
        #expect(summary.outcomes.isEmpty)
        #expect(reflector.prompts.count == 1)
        #expect(bench.events.endpoint.count == 1)
        #expect(try await bench.states(in: store) == [.queued: 5])
        let jobs = try await store.jobs(JobQuery(user: nil))
        #expect(jobs.allSatisfy { $0.failures == 0 })
        #expect(try await store.metrics(of: nil).isEmpty)
    }

    @Test func `gives a job five attempts where the server fails, then lets it rest in peace, with one row`()
        async throws
    {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([.failure(.serverFailed("`host` answered 503", status: 503))])

        let summary = try await bench.worker(store, reflector).run()

        #expect(summary.outcomes == [.failed: 1])
        #expect(reflector.prompts.count == 5)
        let job = try #require(try await store.jobs(JobQuery(user: nil)).first)
        #expect(job.state == .dead && job.error == "`host` answered 503")
        #expect(try await store.metrics(of: nil).map(\.outcome) == [.failed])

        try await store.retry(job.job.id, of: job.job.user)
        #expect(
            try await bench.worker(store, ScriptedReflector([.reply(WorkerBench.nothing)])).run().outcomes == [
                .abstained: 1
            ]
        )
        #expect(try await store.metrics(of: nil).map(\.outcome) == [.abstained])
    }

    @Test func `loses nothing to a bad minute`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 2, "bob": 2], to: store)
        let reflector = ScriptedReflector(
            [
                .failure(.serverFailed("503", status: 503)), .failure(.unreachable("cut", wasSent: true)),
                .failure(.timedOut("late")), .failure(.rateLimited("slow down", retryAfterSeconds: 0.01)),
            ] + [.reply(WorkerBench.nothing)]
        )

        let summary = try await bench.worker(store, reflector, slots: 1).run()

        #expect(summary.outcomes == [.abstained: 4])
        #expect(reflector.prompts.count == 8)
        #expect(try await bench.states(in: store) == [.done: 4])
    }

    @Test(arguments: [1, 2])
    func `leaves what is not due soon, and says so`(jobs: Int) async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": jobs], to: store)
        let reflector = ScriptedReflector([.failure(.rateLimited("tomorrow", retryAfterSeconds: 3000))])

        let summary = try await bench.worker(store, reflector, slots: 1).run()

        #expect(summary.leftBecause?.contains("rest") == true)
        #expect(reflector.prompts.count == 1)
        #expect(try await bench.states(in: store) == [.queued: jobs])
    }

    /// Words for a spent account that nobody has told us of.
    @Test func `leaves an endpoint that rejects one job after the other`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 3, "bob": 3], to: store)
        let reflector = ScriptedReflector([.failure(.rejected("no more for you", status: 400))])
        let summary = try await bench.worker(store, reflector, slots: 1).run()
        #expect(summary.leftBecause == "no more for you")
        #expect(try await bench.states(in: store) == [.dead: 3, .queued: 3])
    }

    @Test func `asks nobody for a user whose own limit is used up, and says what is left`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 3, "bob": 3], to: store)
        let reflector = ScriptedReflector(
            [.failure(.userRefused("the first has spent it all", retryAfterSeconds: nil))] + [
                .reply(WorkerBench.nothing)
            ]
        )
        let summary = try await bench.worker(store, reflector, slots: 1).run()
        #expect(summary.outcomes == [.abstained: 3])
        #expect(summary.leftBecause == "the first has spent it all")
        #expect(reflector.prompts.count == 4)
        #expect(try await bench.states(in: store) == [.queued: 3, .done: 3])
    }

    /// Only some gateways say whose limit it is; all are told whose job a call is for.
    @Test(arguments: [
        ReflectorError.rateLimited("slow down", retryAfterSeconds: 3600), .refused("you may not", status: 403),
    ])
    func `asks for the others where a gateway refuses one user, and for nobody where it refuses three`(
        refusal: ReflectorError
    ) async throws {
        var settings = Settings()
        settings.llm.proxy = true
        let store = try await bench.open()
        let asked = Mutex<[String: Int]>([:])
        let refused = Mutex<Set<String>>(["ada"])
        let reflector = WorkerBench.Watching { prompt in
            let user = prompt.inputs.job.user.rawValue
            asked.withLock { $0[user, default: 0] += 1 }
            if refused.withLock({ $0.contains(user) }) { throw refusal }
            return WorkerBench.nothing
        }
        // She comes first.
        try await bench.submit(["ada": 2], to: store)
        try await bench.submit(["bob": 3, "cyd": 3], to: store)
        let summary = try await bench.worker(store, reflector, slots: 1, settings: settings) {
            $0.drainHorizon = .seconds(30)
        }.run()
        #expect(summary.outcomes == [.abstained: 6])
        #expect(summary.leftBecause == Remedy(for: refusal).sentence)
        #expect(asked.withLock { $0 } == ["ada": 1, "bob": 3, "cyd": 3])

        refused.withLock { $0 = ["bob", "cyd", "dan"] }
        try await bench.submit(["dan": 3], to: store)
        try await bench.submit(["bob": 6, "cyd": 6], to: store)
        let left = try await bench.worker(store, reflector, slots: 1, settings: settings).run()
        #expect(left.leftBecause != nil && left.outcomes.isEmpty)
        #expect(asked.withLock { $0.values.reduce(0, +) } == 10)
    }

    @Test func `asks again for a user who had to wait where a person brings a job back`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 2], to: store)
        let refusal = ReflectorError.userRefused("the budget is spent", retryAfterSeconds: nil)
        let reflector = ScriptedReflector([.failure(refusal), .reply(WorkerBench.nothing)])
        let worker = bench.worker(store, reflector, slots: 1) { $0.isDraining = false }
        async let summary = worker.run()
        // Both are put off, the second without a call.
        var backlog = Backlog(due: 1)
        while backlog.due > 0 || backlog.counts != [.queued: 2] { backlog = try await store.backlog(of: nil) }
        #expect(reflector.prompts.count == 1)
        try await store.retry(Job.ID("ada-0"), of: UserID("ada"))
        while try await bench.states(in: store)[.done] != 1 { await Task.yield() }
        try await store.retry(Job.ID("ada-1"), of: UserID("ada"))
        while try await bench.states(in: store)[.done] != 2 { await Task.yield() }
        worker.stop()
        #expect(try await summary.outcomes == [.abstained: 2])
        #expect(reflector.prompts.count == 3)
    }

    @Test func `leaves an endpoint that serves nobody for as long as it waits for jobs`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([.failure(.rateLimited("not today", retryAfterSeconds: 0.02))])
        let summary = try await bench.worker(store, reflector) { $0.drainHorizon = .milliseconds(300) }.run()
        #expect(summary.leftBecause?.hasSuffix("s: not today") == true)
        #expect(try await bench.states(in: store) == [.queued: 1])
    }

    /// It may be one that hangs, for as long as a call may last.
    @Test(.timeLimit(.minutes(1))) func `goes on after a rest while an older call is still on its way`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1, "bob": 1, "cyd": 1], to: store)
        let (released, release) = AsyncStream<Void>.makeStream()
        let reflector = ScriptedReflector([
            .after({ for await _ in released {} }, WorkerBench.nothing),
            .failure(.rateLimited("a moment", retryAfterSeconds: 0.01)),
            .reply(WorkerBench.nothing), .after({ release.finish() }, WorkerBench.nothing),
        ])
        let summary = try await bench.worker(store, reflector, slots: 2).run()
        #expect(summary.outcomes == [.abstained: 3])
        #expect(reflector.prompts.count == 4)
    }

    /// Else a limit of tokens a minute has the first ask bought again and again.
    @Test func `buys a first ask that was of no use only once, though the second has to wait`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let cost = CallCost(of: ReflectorReply(text: "", tokensIn: 1000, tokensOut: 500))
        let slow = ReflectorError.rateLimited("slow down", retryAfterSeconds: 0.01)
        let reflector = ScriptedReflector([
            .failure(.unusable("the reply was cut off", cost: cost)), .failure(slow), .failure(slow),
            .reply(WorkerBench.nothing),
        ])
        let summary = try await bench.worker(store, reflector).run()
        #expect(summary.outcomes == [.abstained: 1])
        #expect(reflector.prompts.map { $0.user.contains("the reply was cut off") } == [false, true, true, true])
        #expect(try await store.metrics(of: nil).map(\.tokensIn) == [1000 + (WorkerBench.nothing.tokensIn ?? 0)])
    }

    /// The room that the server has, is learned from the first ask alone.
    @Test func `asks with a smaller prompt where the first was cut, though that has to wait`() async throws {
        let store = try await bench.open()
        let long = Activity(
            format: "test",
            events: (1...200).map { number in
                let words = "Line \(number) of what the two of us did today, told at some length."
                return Event(number: number, actor: .user, kind: .message, text: words, line: number)
            }
        )
        _ = try await store.submit(Job(id: Job.ID("a"), user: UserID("ada")), long)
        let cost = CallCost(of: ReflectorReply(text: "", tokensIn: 900, tokensOut: 5))
        let slow = ReflectorError.rateLimited("slow down", retryAfterSeconds: 0.01)
        let reflector = ScriptedReflector([
            .failure(.contextTruncated("the prompt was cut", limitTokens: nil, cost: cost)), .failure(slow),
            .reply(WorkerBench.nothing),
        ])
        let summary = try await bench.worker(store, reflector).run()
        let sizes = reflector.prompts.map(\.byteCount)
        #expect(summary.outcomes == [.abstained: 1])
        #expect(sizes.count == 3 && sizes[1] < sizes[0] && sizes[2] == sizes[1], "\(sizes)")
    }

    /// Else the gate would be told again and again of a model that nobody asks any more.
    @Test func `asks anew where a job that showed how an endpoint does was given nothing of use`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([.reply(ReflectorReply(text: "no JSON"))])
        let claim = try #require(try await store.claim(upTo: 1).first)
        let run = JobRun(
            store: store,
            runner: ReflectionRunner(store: store, reflector: reflector, settings: Settings(), now: { Date() }),
            reflectorName: "scripted",
            policy: RetryPolicy(),
            now: { Date() }
        )
        let outcome = await run.run(claim, JobRun.Probe(ofEndpoint: true))
        guard case .postponed(_, isCounted: false) = outcome.ending else { throw BenchFailure("\(outcome)") }
        #expect(reflector.prompts.count == 2)
        try await store.retry(claim.job.id, of: claim.job.user)
        #expect(
            try await bench.worker(store, ScriptedReflector([.reply(WorkerBench.nothing)])).run().outcomes == [
                .abstained: 1
            ]
        )
    }

    @Test func `learns nothing of the endpoint from a reply that was kept and is of no use`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let claim = try #require(try await store.claim(upTo: 1).first)
        var reply = StoredReply(
            reply: ReflectorReply(text: "no JSON"),
            base: Base(),
            reflector: "scripted",
            digest: DigestSize(bytes: 1, ofBytes: 1)
        )
        reply.wasAskedAgain = true
        let cost = Attempt(reflection: claim.reflection, startedAt: Date(), durationMilliseconds: 1)
        try await store.keep(reply, for: claim, costing: cost)
        let reflector = ScriptedReflector([.reply(WorkerBench.nothing)])
        let run = JobRun(
            store: store,
            runner: ReflectionRunner(store: store, reflector: reflector, settings: Settings(), now: { Date() }),
            reflectorName: "scripted",
            policy: RetryPolicy(),
            now: { Date() }
        )
        let outcome = await run.run(claim)
        guard case .ended(let receipt) = outcome.ending else { throw BenchFailure("\(outcome)") }
        #expect(receipt.reflection.outcome == .failed && outcome.lesson == nil && reflector.prompts.isEmpty)
    }
}
