// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath

/// A worker on a real store: only the model is a script, and waits are short.
struct WorkerBench {
    static let nothing = ReflectorReply(
        text: """
            {"reasoning":"routine","memory_changes":[],"piece_edit":{"why":"","events":[],"edits":[]}}
            """,
        tokensIn: 100,
        tokensOut: 10
    )
    static let activity = Activity(
        format: "test",
        events: [Event(number: 1, actor: .user, kind: .message, text: "Please run the linter first", line: 1)]
    )

    let data = TemporaryFolder.path.appending("data")
    let events = Told()

    /// What the worker told, in order.
    final class Told: Sendable {
        private let list = Mutex<[WorkEvent]>([])
        func add(_ event: WorkEvent) { list.withLock { $0.append(event) } }
        var endpoint: [EndpointGate.Change] {
            list.withLock { $0.compactMap { if case .endpoint(let change) = $0 { change } else { nil } } }
        }
        var errors: [any Error] {
            list.withLock { $0.compactMap { if case .finished(_, let outcome, _) = $0 { outcome.error } else { nil } } }
        }
        var failures: [String] {
            list.withLock { $0.compactMap { if case .storeFailed(let text, _) = $0 { text } else { nil } } }
        }
    }

    func open(observer: EffectObserver? = nil) async throws -> LocalStore {
        var configuration = LocalStore.Configuration(data: data, observer: observer)
        configuration.allowNetworkFileSystem = true
        return try await LocalStore.open(configuration)
    }

    func submit(_ users: [String: Int], to store: LocalStore) async throws {
        let jobs = users.flatMap { user, count in
            (0..<count).map { number in
                FinishedJob(job: Job(id: Job.ID("\(user)-\(number)"), user: UserID(user)), activity: Self.activity)
            }
        }
        _ = try await store.submit(jobs)
    }

    func worker(
        _ store: any Store,
        _ reflector: any Reflector,
        slots: Int = 4,
        clock: any Clock<Duration> = ContinuousClock(),
        settings: Settings = Settings(),
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
            settings: settings,
            configuration: configuration,
            clock: clock,
            now: { Date() },
            observe: { [events] in events.add($0) }
        )
    }

    func states(in store: any Store) async throws -> [JobState: Int] {
        try await store.backlog(of: nil).counts
    }

    /// A thousand times as fast as the others.
    struct HurriedClock: Clock {
        var now: ContinuousClock.Instant { .now }
        var minimumResolution: Duration { .zero }
        func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
            try await Task.sleep(for: (deadline - .now) / 1000)
        }
    }

    /// A reflector that lets a test look at each prompt.
    struct Watching: Reflector {
        let name = "watching"
        let seesWholeActivity = false
        let answer: @Sendable (ReflectionPrompt) async throws -> ReflectorReply

        init(_ answer: @escaping @Sendable (ReflectionPrompt) async throws -> ReflectorReply) { self.answer = answer }

        func reflect(_ prompt: ReflectionPrompt) async throws -> ReflectorReply { try await answer(prompt) }
    }

    /// How many are inside at once, at most.
    final class Gauge: Sendable {
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
}
