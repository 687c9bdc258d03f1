// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

/// A worker on a real store: only the model is a script, and waits are short.
@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `A worker` {
    private static let nothing = ReflectorReply(
        text: """
            {"reasoning":"routine","memory_changes":[],"piece_edit":{"why":"","events":[],"edits":[]}}
            """,
        tokensIn: 100,
        tokensOut: 10
    )
    private static let activity = Activity(
        format: "test",
        events: [Event(number: 1, actor: .user, kind: .message, text: "Please run the linter first", line: 1)]
    )

    private let data = TemporaryFolder.path.appending("data")
    private let events = Told()

    /// What the worker told, in order.
    private final class Told: Sendable {
        private let list = Mutex<[WorkEvent]>([])
        func add(_ event: WorkEvent) { list.withLock { $0.append(event) } }
        var endpoint: [EndpointGate.Change] {
            list.withLock { $0.compactMap { if case .endpoint(let change) = $0 { change } else { nil } } }
        }
        var failures: [String] {
            list.withLock { $0.compactMap { if case .storeFailed(let text, _) = $0 { text } else { nil } } }
        }
    }

    private func open(observer: EffectObserver? = nil) async throws -> LocalStore {
        var configuration = LocalStore.Configuration(data: data, observer: observer)
        configuration.allowNetworkFileSystem = true
        return try await LocalStore.open(configuration)
    }

    private func submit(_ users: [String: Int], to store: LocalStore) async throws {
        let jobs = users.flatMap { user, count in
            (0..<count).map { number in
                FinishedJob(job: Job(id: Job.ID("\(user)-\(number)"), user: UserID(user)), activity: Self.activity)
            }
        }
        _ = try await store.submit(jobs)
    }

    private func worker(
        _ store: any Store,
        _ reflector: any Reflector,
        slots: Int = 4,
        clock: any Clock<Duration> = ContinuousClock(),
        _ change: (inout Worker.Configuration) -> Void = { _ in }
    ) -> Worker {
        var configuration = Worker.Configuration(slots: slots)
        configuration.isDraining = true
        configuration.policy = RetryPolicy(firstWait: .milliseconds(2))
        configuration.pollInterval = .milliseconds(5)
        change(&configuration)
        return Worker(
            store: store,
            reflector: reflector,
            settings: Settings(),
            configuration: configuration,
            clock: clock,
            now: { Date() },
            observe: { [events] in events.add($0) }
        )
    }

    private func states(in store: any Store) async throws -> [JobState: Int] {
        try await store.backlog(of: nil).counts
    }

    @Test func `drains what there is, each job once, within its slots`() async throws {
        let store = try await open()
        try await submit(["ada": 7, "bob": 3, "cyd": 1, "dan": 5, "eve": 4], to: store)
        let gauge = Gauge()
        let reflector = ScriptedReflector([
            .after(
                {
                    gauge.enter()
                    await Task.yield()
                    gauge.leave()
                },
                Self.nothing
            )
        ])

        let summary = try await worker(store, reflector, slots: 3).run()

        #expect(summary.outcomes == [.abstained: 20])
        #expect(summary.leftBecause == nil)
        #expect(reflector.prompts.count == 20)
        #expect(gauge.most <= 3)
        #expect(try await states(in: store) == [.done: 20])
        #expect(try await store.metrics(of: nil).count == 20)
        #expect(try await worker(store, reflector).run().outcomes.isEmpty)
        #expect(reflector.prompts.count == 20)
        #expect(events.failures.isEmpty)
    }

    @Test func `keeps all jobs where the endpoint refuses, says so once, and pays one call a look`() async throws {
        let store = try await open()
        try await submit(["ada": 3, "bob": 2], to: store)
        let reflector = ScriptedReflector([.failure(.refused("the key is wrong", status: 401))])

        let summary = try await worker(store, reflector, slots: 1).run()

        #expect(summary.leftBecause == "the key is wrong")
        #expect(summary.outcomes.isEmpty)
        #expect(reflector.prompts.count == 1)
        #expect(events.endpoint.count == 1)
        #expect(try await states(in: store) == [.queued: 5])
        let jobs = try await store.jobs(JobQuery(user: nil))
        #expect(jobs.allSatisfy { $0.failures == 0 })
        #expect(try await store.metrics(of: nil).isEmpty)
    }

    @Test func `gives a job five attempts where the server fails, then lets it rest in peace, with one row`()
        async throws
    {
        let store = try await open()
        try await submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([.failure(.serverFailed("`host` answered 503", status: 503))])

        let summary = try await worker(store, reflector).run()

        #expect(summary.outcomes == [.failed: 1])
        #expect(reflector.prompts.count == 5)
        let job = try #require(try await store.jobs(JobQuery(user: nil)).first)
        #expect(job.state == .dead && job.error == "`host` answered 503")
        #expect(try await store.metrics(of: nil).map(\.outcome) == [.failed])

        try await store.retry(job.job.id, of: job.job.user)
        #expect(try await worker(store, ScriptedReflector([.reply(Self.nothing)])).run().outcomes == [.abstained: 1])
        #expect(try await store.metrics(of: nil).map(\.outcome) == [.abstained])
    }

    @Test func `loses nothing to a bad minute`() async throws {
        let store = try await open()
        try await submit(["ada": 2, "bob": 2], to: store)
        let reflector = ScriptedReflector(
            [
                .failure(.serverFailed("503", status: 503)), .failure(.unreachable("cut", wasSent: true)),
                .failure(.timedOut("late")), .failure(.rateLimited("slow down", retryAfterSeconds: 0.01)),
            ] + [.reply(Self.nothing)]
        )

        let summary = try await worker(store, reflector, slots: 1).run()

        #expect(summary.outcomes == [.abstained: 4])
        #expect(reflector.prompts.count == 8)
        #expect(try await states(in: store) == [.done: 4])
    }

    @Test(arguments: [1, 2])
    func `leaves what is not due soon, and says so`(jobs: Int) async throws {
        let store = try await open()
        try await submit(["ada": jobs], to: store)
        let reflector = ScriptedReflector([.failure(.rateLimited("tomorrow", retryAfterSeconds: 3000))])

        let summary = try await worker(store, reflector, slots: 1).run()

        #expect(summary.leftBecause?.contains("rest") == true)
        #expect(reflector.prompts.count == 1)
        #expect(try await states(in: store) == [.queued: jobs])
    }

    /// Words for a spent account that nobody has told us of.
    @Test func `leaves an endpoint that rejects one job after the other`() async throws {
        let store = try await open()
        try await submit(["ada": 3, "bob": 3], to: store)
        let reflector = ScriptedReflector([.failure(.rejected("no more for you", status: 400))])
        let summary = try await worker(store, reflector, slots: 1).run()
        #expect(summary.leftBecause == "no more for you")
        #expect(try await states(in: store) == [.dead: 3, .queued: 3])
    }

    @Test func `asks nobody for a user whose own limit is used up, and says what is left`() async throws {
        let store = try await open()
        try await submit(["ada": 3, "bob": 3], to: store)
        let reflector = ScriptedReflector(
            [.failure(.userRefused("the first has spent it all", retryAfterSeconds: nil))] + [.reply(Self.nothing)]
        )
        let summary = try await worker(store, reflector, slots: 1).run()
        #expect(summary.outcomes == [.abstained: 3])
        #expect(summary.leftBecause == "the first has spent it all")
        #expect(reflector.prompts.count == 4)
        #expect(try await states(in: store) == [.queued: 3, .done: 3])
    }

    @Test func `leaves an endpoint that serves nobody for as long as it waits for jobs`() async throws {
        let store = try await open()
        try await submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([.failure(.rateLimited("not today", retryAfterSeconds: 0.02))])
        let summary = try await worker(store, reflector) { $0.drainHorizon = .milliseconds(300) }.run()
        #expect(summary.leftBecause?.hasSuffix("s: not today") == true)
        #expect(try await states(in: store) == [.queued: 1])
    }

    /// It may be one that hangs, for as long as a call may last.
    @Test(.timeLimit(.minutes(1))) func `goes on after a rest while an older call is still on its way`() async throws {
        let store = try await open()
        try await submit(["ada": 1, "bob": 1, "cyd": 1], to: store)
        let (released, release) = AsyncStream<Void>.makeStream()
        let reflector = ScriptedReflector([
            .after({ for await _ in released {} }, Self.nothing),
            .failure(.rateLimited("a moment", retryAfterSeconds: 0.01)),
            .reply(Self.nothing), .after({ release.finish() }, Self.nothing),
        ])
        let summary = try await worker(store, reflector, slots: 2).run()
        #expect(summary.outcomes == [.abstained: 3])
        #expect(reflector.prompts.count == 4)
    }

    /// Else a limit of tokens a minute has the first ask bought again and again.
    @Test func `buys a first ask that was of no use only once, though the second has to wait`() async throws {
        let store = try await open()
        try await submit(["ada": 1], to: store)
        let cost = CallCost(of: ReflectorReply(text: "", tokensIn: 1000, tokensOut: 500))
        let slow = ReflectorError.rateLimited("slow down", retryAfterSeconds: 0.01)
        let reflector = ScriptedReflector([
            .failure(.unusable("the reply was cut off", cost: cost)), .failure(slow), .failure(slow),
            .reply(Self.nothing),
        ])
        let summary = try await worker(store, reflector).run()
        #expect(summary.outcomes == [.abstained: 1])
        #expect(reflector.prompts.map { $0.user.contains("the reply was cut off") } == [false, true, true, true])
        #expect(try await store.metrics(of: nil).map(\.tokensIn) == [1000 + (Self.nothing.tokensIn ?? 0)])
    }

    /// The room that the server has, is learned from the first ask alone.
    @Test func `asks with a smaller prompt where the first was cut, though that has to wait`() async throws {
        let store = try await open()
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
            .reply(Self.nothing),
        ])
        let summary = try await worker(store, reflector).run()
        let sizes = reflector.prompts.map(\.byteCount)
        #expect(summary.outcomes == [.abstained: 1])
        #expect(sizes.count == 3 && sizes[1] < sizes[0] && sizes[2] == sizes[1], "\(sizes)")
    }

    @Test func `that is told to stop hands calls in flight back, uncounted`() async throws {
        let store = try await open()
        try await submit(["ada": 1, "bob": 1], to: store)
        let (begun, start) = AsyncStream<Void>.makeStream()
        let reflector = ScriptedReflector([
            .after(
                {
                    start.yield()
                    try await Task.sleep(for: .seconds(3600))
                },
                Self.nothing
            )
        ])
        let worker = worker(store, reflector) { configuration in
            configuration.isDraining = false
            configuration.stopBound = .milliseconds(20)
        }

        async let summary = worker.run()
        for await _ in begun.prefix(2) {}
        worker.stop()

        #expect(try await summary.outcomes.isEmpty)
        let jobs = try await store.jobs(JobQuery(user: nil))
        #expect(jobs.map(\.state) == [.queued, .queued])
        #expect(jobs.allSatisfy { $0.failures == 0 && $0.takeovers == 0 })
        #expect(try await store.metrics(of: nil).isEmpty)
    }

    @Test func `that is told to stop lets a quick call end`() async throws {
        let store = try await open()
        try await submit(["ada": 1], to: store)
        let (begun, start) = AsyncStream<Void>.makeStream()
        let (ended, end) = AsyncStream<Void>.makeStream()
        let reflector = ScriptedReflector([
            .after(
                {
                    start.yield()
                    for await _ in ended {}
                },
                Self.nothing
            )
        ])
        let worker = worker(store, reflector) { $0.isDraining = false }

        async let summary = worker.run()
        for await _ in begun.prefix(1) {}
        worker.stop()
        end.finish()

        #expect(try await summary.outcomes == [.abstained: 1])
    }

    @Test func `gives up a job that a person cancels`() async throws {
        let store = try await open()
        try await submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([
            .after({ try await store.cancel(Job.ID("ada-0"), of: UserID("ada")) }, Self.nothing)
        ])

        let summary = try await worker(store, reflector).run()

        #expect(summary.outcomes.isEmpty)
        #expect(try await states(in: store) == [.cancelled: 1])
        #expect(try await store.metrics(of: nil).map(\.outcome) == [.cancelled])
    }

    /// A thousand times as fast as the others.
    private struct HurriedClock: Clock {
        var now: ContinuousClock.Instant { .now }
        var minimumResolution: Duration { .zero }
        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
            try await Task.sleep(for: (deadline - .now) / 1000)
        }
    }

    @Test func `cuts no call where its lease could not be renewed for a moment`() async throws {
        struct Refusal: Error {}
        let refusals = Mutex<Int?>(nil)
        let store = try await open { effect in
            guard effect == .commit(isSynced: false) else { return }
            try refusals.withLock { count in
                guard let number = count else { return }
                count = number + 1
                if number < 3 { throw Refusal() }
            }
        }
        try await submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([
            .after(
                {
                    refusals.withLock { $0 = 0 }
                    // Three are refused, the fourth is not.
                    while refusals.withLock({ $0 ?? 0 }) < 4 { try await Task.sleep(for: .milliseconds(2)) }
                },
                Self.nothing
            )
        ])

        let summary = try await worker(store, reflector, clock: HurriedClock()).run()

        #expect(summary.outcomes == [.abstained: 1])
        #expect(reflector.prompts.count == 1)
    }

    @Test func `shares the work with another, and no user has two at once`() async throws {
        let stores = (try await open(), try await open())
        try await submit(["ada": 12, "bob": 9, "cyd": 9], to: stores.0)
        let users = Mutex<[String: Int]>([:])
        let overlaps = Mutex(0)
        let reflector = Watching { prompt in
            let user = prompt.inputs.job.user.rawValue
            let running = users.withLock { users in
                users[user, default: 0] += 1
                return users[user, default: 0]
            }
            if running > 1 { overlaps.withLock { $0 += 1 } }
            await Task.yield()
            users.withLock { $0[user, default: 0] -= 1 }
            return Self.nothing
        }

        async let first = worker(stores.0, reflector).run()
        async let second = worker(stores.1, reflector).run()
        let done = try await (first, second)

        #expect((done.0.outcomes[.abstained] ?? 0) + (done.1.outcomes[.abstained] ?? 0) == 30)
        #expect(overlaps.withLock { $0 } == 0)
        #expect(try await states(in: stores.0) == [.done: 30])
        #expect(try await stores.0.metrics(of: nil).count == 30)
    }

    /// A reflector that lets a test look at each prompt.
    private struct Watching: Reflector {
        let name = "watching"
        let seesWholeActivity = false
        let answer: @Sendable (ReflectionPrompt) async throws -> ReflectorReply

        init(_ answer: @escaping @Sendable (ReflectionPrompt) async throws -> ReflectorReply) { self.answer = answer }

        func reflect(_ prompt: ReflectionPrompt) async throws -> ReflectorReply { try await answer(prompt) }
    }

    /// How many are inside at once, at most.
    private final class Gauge: Sendable {
        private let state = Mutex((now: 0, most: 0))
        func enter() {
            state.withLock { state in
                state.now += 1
                state.most = max(state.most, state.now)
            }
        }
        func leave() { state.withLock { $0.now -= 1 } }
        var most: Int { state.withLock { $0.most } }
    }

    @Test func `finishes what a dead process left, and says so where it cannot`() async throws {
        let process = MortalProcess(diesAfter: .commit(isSynced: true))
        let standing = try await open()
        try await submit(["ada": 1], to: standing)
        let claim = try #require(try await standing.claim(upTo: 1).first)
        let request = CommitRequest(
            reflection: claim.reflection,
            kind: .job,
            user: claim.job.user,
            scope: .global,
            claim: claim,
            report: Report(reflector: "scripted", startedAt: Date())
        )
        let text = "---\nname: one\ndescription: a rule\ntype: feedback\n---\n\nDo it.\n"
        let path = DocumentPath.entry(.global, stem: try #require(EntryName("one")))
        var decision = StoreBench(clock: ManualClock(), open: { standing }).decision(.add, "one")
        decision.writes = [DocumentWrite(path: path, before: nil, after: text)]
        let decided = decision
        let dying = try await open(observer: process.observer)
        await #expect(throws: MortalProcess.Death.self) {
            try await dying.commit(request) { _ in Judgement(reasoning: "", decisions: [decided]) }
        }

        // Something stands in the way.
        let memory = data.appending("users/ada/memory").string
        try FileManager.default.removeItem(atPath: memory)
        try FileManager.default.createSymbolicLink(atPath: memory, withDestinationPath: "/nowhere")
        let left = try await worker(standing, ScriptedReflector([.reply(Self.nothing)])).run()
        #expect(left.leftBecause?.contains("symbolic link") == true)
        #expect(events.failures.count == 1)

        try FileManager.default.removeItem(atPath: memory)
        let done = try await worker(standing, ScriptedReflector([.reply(Self.nothing)])).run()
        #expect(done.leftBecause == nil)
        #expect(try String(contentsOfFile: "\(memory)/one.md", encoding: .utf8) == text)
    }

    @Test func `keeps a job whose end the store cannot take`() async throws {
        let standing = try await open()
        try await submit(["ada": 1], to: standing)
        // The claim works, and the disk is full from then on.
        let disk = RefusingDisk(refuses: 1, once: false)
        let store = try await open(observer: disk.observer)
        let claim = try #require(try await store.claim(upTo: 1).first)
        let runner = ReflectionRunner(
            store: store,
            reflector: ScriptedReflector([.reply(Self.nothing)]),
            settings: Settings(),
            now: { Date() }
        )
        let run = JobRun(
            store: store,
            runner: runner,
            reflectorName: "scripted",
            policy: RetryPolicy(),
            now: { Date() }
        )
        let outcome = await run.run(claim)
        guard case .stuck = outcome.ending else { throw BenchFailure("it ended otherwise: \(outcome.ending)") }
        #expect("\(try #require(outcome.error))".contains("No space left"))
        let jobs = try await standing.jobs(JobQuery(user: nil))
        #expect(jobs.map(\.state) == [.running])
    }

    /// As beside a PostgreSQL on a machine whose clock goes wrong: a job has its time by the clock of who measures it.
    @Test(arguments: [-86_400.0, 86_400])
    func `cuts no job short, and lets none go on, where its clock is not the store's`(off: Double) async throws {
        let store = try await open()
        try await submit(["ada": 1], to: store)
        let claim = try #require(try await store.claim(upTo: 1).first)
        let now: @Sendable () -> Date = { Date() + off }
        let reflector = ScriptedReflector([.reply(Self.nothing)])
        let run = JobRun(
            store: store,
            runner: ReflectionRunner(store: store, reflector: reflector, settings: Settings(), now: now),
            reflectorName: "scripted",
            policy: RetryPolicy(),
            now: now
        )
        let outcome = await run.run(claim)
        guard case .ended(let receipt) = outcome.ending else { throw BenchFailure("it ended otherwise: \(outcome)") }
        #expect(receipt.reflection.outcome == .abstained)
    }
}
