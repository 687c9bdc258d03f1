// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

/// Which jobs it takes, and what becomes of them when it is told to stop, loses a lease or finds its store in trouble.
@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `A worker` {
    private let bench = WorkerBench()

    @Test func `drains what there is, each job once, within its slots`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 7, "bob": 3, "cyd": 1, "dan": 5, "eve": 4], to: store)
        let gauge = WorkerBench.Gauge()
        let reflector = ScriptedReflector([
            .after(
                {
                    gauge.enter()
                    await Task.yield()
                    gauge.leave()
                },
                WorkerBench.nothing
            )
        ])

        let summary = try await bench.worker(store, reflector, slots: 3).run()

        #expect(summary.outcomes == [.abstained: 20])
        #expect(summary.leftBecause == nil)
        #expect(reflector.prompts.count == 20)
        #expect(gauge.most <= 3)
        #expect(try await bench.states(in: store) == [.done: 20])
        #expect(try await store.metrics(of: nil).count == 20)
        #expect(try await bench.worker(store, reflector).run().outcomes.isEmpty)
        #expect(reflector.prompts.count == 20)
        #expect(bench.events.failures.isEmpty)
    }

    @Test func `that is told to stop hands calls in flight back, uncounted`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1, "bob": 1], to: store)
        let (begun, start) = AsyncStream<Void>.makeStream()
        let reflector = ScriptedReflector([
            .after(
                {
                    start.yield()
                    try await Task.sleep(for: .seconds(3600))
                },
                WorkerBench.nothing
            )
        ])
        let worker = bench.worker(store, reflector) { configuration in
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

    @Test func `that is told to stop while it claims buys nothing more`() async throws {
        let worker = Mutex<Worker?>(nil)
        let store = try await bench.open { effect in
            if effect == .commit(isSynced: false) { worker.withLock { $0?.stop() } }
        }
        try await bench.submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([.reply(WorkerBench.nothing)])
        let stopped = bench.worker(store, reflector)
        worker.withLock { $0 = stopped }
        #expect(try await stopped.run().outcomes.isEmpty)
        #expect(reflector.prompts.isEmpty)
        let job = try #require(try await store.jobs(JobQuery(user: nil)).first)
        #expect(job.state == .queued && job.attempt == 1 && job.takeovers == 0 && job.failures == 0)
    }

    @Test func `that is told to stop lets a quick call end`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let (begun, start) = AsyncStream<Void>.makeStream()
        let (ended, end) = AsyncStream<Void>.makeStream()
        let reflector = ScriptedReflector([
            .after(
                {
                    start.yield()
                    for await _ in ended {}
                },
                WorkerBench.nothing
            )
        ])
        let worker = bench.worker(store, reflector) { $0.isDraining = false }

        async let summary = worker.run()
        for await _ in begun.prefix(1) {}
        worker.stop()
        end.finish()

        #expect(try await summary.outcomes == [.abstained: 1])
    }

    @Test func `gives up a job that a person cancels`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([
            .after({ try await store.cancel(Job.ID("ada-0"), of: UserID("ada")) }, WorkerBench.nothing)
        ])

        let summary = try await bench.worker(store, reflector).run()

        #expect(summary.outcomes.isEmpty)
        #expect(try await bench.states(in: store) == [.cancelled: 1])
        #expect(try await store.metrics(of: nil).map(\.outcome) == [.cancelled])
    }

    /// Long before the lease is due to be renewed, which here it cannot be.
    @Test func `cuts the call of a job that a person cancels`() async throws {
        struct Refusal: Error {}
        let isRefused = Mutex(false)
        let store = try await bench.open { effect in
            if effect == .commit(isSynced: false), isRefused.withLock({ $0 }) { throw Refusal() }
        }
        try await bench.submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([
            .after(
                {
                    try await store.cancel(Job.ID("ada-0"), of: UserID("ada"))
                    isRefused.withLock { $0 = true }
                    try await Task.sleep(for: .seconds(3600))
                },
                WorkerBench.nothing
            )
        ])

        let summary = try await bench.worker(store, reflector, clock: WorkerBench.HurriedClock()).run()

        #expect(summary.outcomes.isEmpty)
        #expect(bench.events.errors.map { $0 as? StoreError } == [.leaseLost])
        #expect(try await bench.states(in: store) == [.cancelled: 1])
    }

    @Test func `cuts no call where its lease could not be renewed for a moment`() async throws {
        struct Refusal: Error {}
        let refusals = Mutex<Int?>(nil)
        let store = try await bench.open { effect in
            guard effect == .commit(isSynced: false) else { return }
            try refusals.withLock { count in
                guard let number = count else { return }
                count = number + 1
                if number < 3 { throw Refusal() }
            }
        }
        try await bench.submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([
            .after(
                {
                    refusals.withLock { $0 = 0 }
                    // Three are refused, the fourth is not.
                    while refusals.withLock({ $0 ?? 0 }) < 4 { try await Task.sleep(for: .milliseconds(2)) }
                },
                WorkerBench.nothing
            )
        ])

        let summary = try await bench.worker(store, reflector, clock: WorkerBench.HurriedClock()).run()

        #expect(summary.outcomes == [.abstained: 1])
        #expect(reflector.prompts.count == 1)
    }

    @Test func `shares the work with another, and no user has two at once`() async throws {
        let stores = (try await bench.open(), try await bench.open())
        try await bench.submit(["ada": 12, "bob": 9, "cyd": 9], to: stores.0)
        let users = Mutex<[String: Int]>([:])
        let overlaps = Mutex(0)
        let reflector = WorkerBench.Watching { prompt in
            let user = prompt.inputs.job.user.rawValue
            let running = users.withLock { users in
                users[user, default: 0] += 1
                return users[user, default: 0]
            }
            if running > 1 { overlaps.withLock { $0 += 1 } }
            await Task.yield()
            users.withLock { $0[user, default: 0] -= 1 }
            return WorkerBench.nothing
        }

        async let first = bench.worker(stores.0, reflector).run()
        async let second = bench.worker(stores.1, reflector).run()
        let done = try await (first, second)

        #expect((done.0.outcomes[.abstained] ?? 0) + (done.1.outcomes[.abstained] ?? 0) == 30)
        #expect(overlaps.withLock { $0 } == 0)
        #expect(try await bench.states(in: stores.0) == [.done: 30])
        #expect(try await stores.0.metrics(of: nil).count == 30)
    }

    @Test func `finishes what a dead process left, and says so where it cannot`() async throws {
        let process = MortalProcess(diesAfter: .commit(isSynced: true))
        let standing = try await bench.open()
        try await bench.submit(["ada": 1], to: standing)
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
        let dying = try await bench.open(observer: process.observer)
        await #expect(throws: MortalProcess.Death.self) {
            try await dying.commit(request) { _ in Judgement(reasoning: "", decisions: [decided]) }
        }

        // Something stands in the way.
        let memory = bench.data.appending("users/ada/memory").string
        try FileManager.default.removeItem(atPath: memory)
        try FileManager.default.createSymbolicLink(atPath: memory, withDestinationPath: "/nowhere")
        let left = try await bench.worker(standing, ScriptedReflector([.reply(WorkerBench.nothing)])).run()
        #expect(left.leftBecause?.contains("symbolic link") == true)
        #expect(bench.events.failures.count == 1)

        try FileManager.default.removeItem(atPath: memory)
        let done = try await bench.worker(standing, ScriptedReflector([.reply(WorkerBench.nothing)])).run()
        #expect(done.leftBecause == nil)
        #expect(try String(contentsOfFile: "\(memory)/one.md", encoding: .utf8) == text)
    }

    /// It would work on a queue that nobody else sees, and write memory where nobody looks for it.
    @Test(arguments: ["deleted", "replaced", "moved", "-wal", "-shm"])
    func `ends where its database is not the one at its place any more`(how: String) async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let (files, data) = (FileManager.default, bench.data.string)
        switch how {
        case "moved": try files.moveItem(atPath: data, toPath: data + "-moved")
        case "-wal", "-shm": try files.removeItem(atPath: "\(data)/maestro.sqlite\(how)")
        default: for file in ["", "-wal", "-shm"] { try files.removeItem(atPath: "\(data)/maestro.sqlite\(file)") }
        }
        let other = how == "replaced" ? try await bench.open() : nil
        if let other { try await bench.submit(["bob": 1], to: other) }
        let reflector = ScriptedReflector([.reply(WorkerBench.nothing)])
        let worker = bench.worker(store, reflector) { $0.isDraining = false }
        let error = await #expect(throws: StoreError.self) { try await worker.run() }
        guard case .gone(let sentence)? = error else { throw BenchFailure("\(String(describing: error))") }
        #expect(sentence.contains("was deleted, replaced or moved"))
        #expect(reflector.prompts.isEmpty)
        #expect(files.fileExists(atPath: "\(data)/users/ada/reflections") == false)
        if let other { #expect(try await bench.worker(other, reflector).run().outcomes == [.abstained: 1]) }
    }

    @Test func `lets no job die of a store that takes nobody's commit, and asks for few meanwhile`() async throws {
        let store = try await bench.open()
        let users = (0..<12).map { "user-\($0)" }
        for user in users {
            try await bench.submit([user: 1], to: store)
            let folder = bench.data.appending("users/\(user)").string
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/reflections",
                withDestinationPath: "/nowhere"
            )
        }
        let reflector = ScriptedReflector([.reply(WorkerBench.nothing)])
        let summary = try await bench.worker(store, reflector, slots: 1) { $0.drainHorizon = .milliseconds(300) }.run()
        #expect(summary.leftBecause?.contains("symbolic link") == true)
        #expect(try await bench.states(in: store) == [.queued: 12])
        #expect(reflector.prompts.count < 12)
    }

    /// A database that is restarted, a disk that is full for a moment: the reply was paid for.
    @Test func `holds a reply until the store can take it`() async throws {
        let refusals = Mutex(0)
        let store = try await bench.open { effect in
            guard effect == .commit(isSynced: true) else { return }
            let isRefused = refusals.withLock { left in
                defer { left = max(0, left - 1) }
                return left > 0
            }
            if isRefused { throw StoreError.locked("busy") }
        }
        try await bench.submit(["ada": 1], to: store)
        let reflector = ScriptedReflector([
            .after({ refusals.withLock { $0 = 3 } }, WorkerBench.nothing)
        ])
        let summary = try await bench.worker(store, reflector, clock: WorkerBench.HurriedClock()).run()
        #expect(summary.outcomes == [.abstained: 1])
        #expect(reflector.prompts.count == 1)
        #expect(try await store.jobs(JobQuery(user: nil)).allSatisfy { $0.failures == 0 && $0.attempt == 1 })
    }

    /// It was paid for, and is as good as before when the store works again.
    @Test func `keeps the reply of a job that dies because the store cannot take the commit`() async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let reflections = bench.data.appending("users/ada/reflections").string
        try FileManager.default.createDirectory(
            atPath: bench.data.appending("users/ada").string,
            withIntermediateDirectories: true
        )
        try FileManager.default.createSymbolicLink(atPath: reflections, withDestinationPath: "/nowhere")
        let reflector = ScriptedReflector([.reply(WorkerBench.nothing)])
        // Another is served in between: it is this user's trouble.
        try await bench.submit(["bob": 10], to: store)
        let worker = bench.worker(store, reflector, slots: 1) { $0.policy = RetryPolicy(firstWait: .zero) }
        #expect(try await worker.run().outcomes == [.failed: 1, .abstained: 10])
        let dead = try #require(try await store.jobs(JobQuery(user: nil, states: [.dead])).first)
        #expect(dead.error?.contains("symbolic link") == true)

        try FileManager.default.removeItem(atPath: reflections)
        try await store.retry(Job.ID("ada-0"), of: UserID("ada"))
        #expect(try await bench.worker(store, reflector).run().outcomes == [.abstained: 1])
        #expect(reflector.prompts.count == 11)
    }

    @Test func `keeps a job whose end the store cannot take`() async throws {
        let standing = try await bench.open()
        try await bench.submit(["ada": 1], to: standing)
        // The claim works, and the disk is full from then on.
        let disk = RefusingDisk(refuses: 1, once: false)
        let store = try await bench.open(observer: disk.observer)
        let claim = try #require(try await store.claim(upTo: 1).first)
        let runner = ReflectionRunner(
            store: store,
            reflector: ScriptedReflector([.reply(WorkerBench.nothing)]),
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
    private func run(
        _ claim: Claim,
        in store: LocalStore,
        clockIsOffBy off: Double,
        _ step: ScriptedReflector.Answer
    )
        async -> JobRun.Outcome
    {
        let now: @Sendable () -> Date = { Date() + off }
        let reflector = ScriptedReflector([step])
        let run = JobRun(
            store: store,
            runner: ReflectionRunner(store: store, reflector: reflector, settings: Settings(), now: now),
            reflectorName: "scripted",
            policy: RetryPolicy(),
            now: now
        )
        return await run.run(claim)
    }

    @Test(arguments: [-86_400.0, 86_400])
    func `cuts no job short where its clock is not the store's`(off: Double) async throws {
        let store = try await bench.open()
        try await bench.submit(["ada": 1], to: store)
        let claim = try #require(try await store.claim(upTo: 1).first)
        let outcome = await run(claim, in: store, clockIsOffBy: off, .reply(WorkerBench.nothing))
        guard case .ended(let receipt) = outcome.ending else { throw BenchFailure("it ended otherwise: \(outcome)") }
        #expect(receipt.reflection.outcome == .abstained)
    }

    @Test(arguments: [-86_400.0, 86_400])
    func `lets no job go on beyond its time where its clock is not the store's`(off: Double) async throws {
        var configuration = LocalStore.Configuration(data: bench.data)
        configuration.allowNetworkFileSystem = true
        configuration.maxRunSeconds = 0.2
        let store = try await LocalStore.open(configuration)
        try await bench.submit(["ada": 1], to: store)
        let claim = try #require(try await store.claim(upTo: 1).first)
        let never = ScriptedReflector.Answer.after({ try await Task.sleep(for: .seconds(3600)) }, WorkerBench.nothing)
        let outcome = await run(claim, in: store, clockIsOffBy: off, never)
        guard case .timedOut? = outcome.error as? ReflectorError else { throw BenchFailure("\(outcome)") }
    }
}
