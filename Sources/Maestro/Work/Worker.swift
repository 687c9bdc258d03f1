// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Synchronization

/// Claims due jobs, fairly between users, and reflects on them, as many at once as the model has slots.
///
/// A slot is taken before a job is: no job is held while it waits for the model. What is worth saying goes to `observe`.
package final class Worker: Sendable {
    package struct Configuration: Sendable {
        /// Reflections at once.
        package var slots: Int
        package var policy = RetryPolicy()
        /// How long calls in flight get when it stops; what is left is handed back, uncounted.
        package var stopBound = Duration.seconds(30)
        /// Ends when nothing runs and nothing is due soon.
        package var isDraining = false
        /// What "soon" is.
        package var drainHorizon = Duration.seconds(300)
        /// How often the queue is looked at, a quarter more or less.
        package var pollInterval = Duration.seconds(1)

        package init(slots: Int) { self.slots = slots }
    }

    /// What was done, and why it ended where that needs saying.
    package struct Summary: Hashable, Sendable {
        package var outcomes: [Reflection.Outcome: Int] = [:]
        /// Why jobs, or a commit that was interrupted, were left although they were due; nil where it was told to stop or
        /// nothing is left.
        package var leftBecause: String?
        package var hint: String?

        package init() {}
    }

    private struct State {
        var isStopping = false
        var isHurried = false
        /// Why no worker can go on, whatever it waits for.
        var end: (any Error)?
        var inFlight = 0
        var gate = EndpointGate()
        /// The same for the store: a full disk would have reply after reply bought that nobody can keep.
        var storeGate = EndpointGate.ofStore
        /// The last error of the model.
        var trouble: Remedy?
        /// For how long a job waits by itself, and why; the longest of them.
        var ownRest: (until: Date, remedy: Remedy)?
        var userWaits = UserWaits()
        var summary = Summary()
        /// Failures of the store in a row, and what the last one was.
        var storeFailures = 0
        var storeRemedy: Remedy?
        /// Why a commit that a process died in cannot be finished, and when such were looked for last.
        var unfinished: Remedy?
        var lookedForUnfinished = Date.distantPast
    }

    /// So often in a row the store may fail before a draining worker leaves it.
    private static let maxStoreFailures = 5
    /// So soon it goes on when the store works again.
    private static let longestPause = Duration.seconds(30)

    private let store: any Store
    private let jobRun: JobRun
    private let configuration: Configuration
    /// Whether a gateway is told whose job a call is for, and may refuse one user alone.
    private let namesUsers: Bool
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let jitter: @Sendable () -> Double
    private let observe: @Sendable (WorkEvent) -> Void
    private let state = Mutex(State())
    private let wake = Wake()

    package init(
        store: any Store,
        reflector: any Reflector,
        settings: Settings,
        configuration: Configuration,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        observe: @escaping @Sendable (WorkEvent) -> Void = { _ in }
    ) {
        self.store = store
        self.configuration = configuration
        namesUsers = settings.llm.proxy
        self.clock = clock
        self.now = now
        self.jitter = jitter
        self.observe = observe
        jobRun = JobRun(
            store: store,
            runner: ReflectionRunner(
                store: store,
                reflector: reflector,
                settings: settings,
                now: now,
                clock: clock,
                observe: { observe(.stage($0, $1)) }
            ),
            reflectorName: reflector.name,
            policy: configuration.policy,
            clock: clock,
            now: now,
            jitter: jitter
        )
    }

    /// Works until it is told to stop, or, draining, until there is nothing to do soon.
    ///
    /// Throws where its store is gone: see ``StoreError/gone(_:)``.
    /// Cancelling the task stops at once: calls in flight are cut, and their jobs handed back.
    package func run() async throws -> Summary {
        try await store.registerWorker()
        try await withThrowingDiscardingTaskGroup { group in
            if !configuration.isDraining { group.addTask { await self.store.watchQueue { self.wake.ring() } } }
            while !isOver {
                let (claims, start) = await claimed()
                for claim in claims {
                    observe(.claimed(claim))
                    group.addTask { await self.work(on: claim, since: start) }
                }
                if claims.isEmpty {
                    await finishInterrupted()
                    if await isDrained() { break }
                }
                if claims.isEmpty || freeSlots > 0 { await wake.wait(atMost: pause, on: clock) }
            }
            await letCallsEnd()
            if isOver { store.hurry() }
            group.cancelAll()
        }
        await resign()
        let (summary, end) = state.withLock { ($0.summary, $0.end) }
        if let end { throw end }
        return summary
    }

    /// Claims nothing more; `run` returns when the calls in flight have ended or their time is over.
    ///
    /// `isHurried`: their time is over now, and their jobs are handed back. Saying it twice changes nothing.
    package func stop(isHurried: Bool = false) {
        let isIdle = state.withLock { state in
            state.isStopping = true
            state.isHurried = state.isHurried || isHurried
            return state.inFlight == 0
        }
        if isIdle || isHurried { store.hurry() }
        wake.ring()
    }

    /// Jobs that it works on now.
    package var calls: Int { state.withLock { $0.inFlight } }

    // MARK: - The loop

    private var isOver: Bool { Task.isCancelled || state.withLock { $0.isStopping } }

    /// Slots that may be filled now: what the endpoint allows of what is free.
    private var freeSlots: Int {
        state.withLock { state in
            let free = configuration.slots - state.inFlight
            return min(state.gate.permits(free, at: now()), state.storeGate.permits(free, at: now()))
        }
    }

    /// How endpoint and store stood when a job began.
    private struct Start {
        var era: EndpointGate.Era = 0
        var storeEra: EndpointGate.Era = 0
        var probe = JobRun.Probe()
    }

    private func claimed() async -> ([Claim], Start) {
        let slots = freeSlots
        guard slots > 0 else { return ([], Start()) }
        do {
            let claims = try await store.claim(upTo: slots)
            for burial in store.takeBurials() { observe(.buried(burial)) }
            return state.withLock { state in
                state.inFlight += claims.count
                state.storeFailures = 0
                let start = Start(
                    era: state.gate.began(claims.count, at: now()),
                    storeEra: state.storeGate.began(claims.count, at: now()),
                    probe: JobRun.Probe(ofEndpoint: state.gate.state != .open, ofStore: state.storeGate.state != .open)
                )
                return (claims, start)
            }
        } catch {
            note(error)
            return ([], Start())
        }
    }

    /// What a process left half done that died in a commit: agents read the files without asking anybody.
    ///
    /// It does not keep the others' jobs waiting: what stands in the way is said once, and tried every time.
    private func finishInterrupted() async {
        let isDue = state.withLock { state in
            // Beside running jobs this place is passed with every one that ends.
            let isRecent = abs(state.lookedForUnfinished.timeIntervalSince(now())) < 1
            if state.inFlight > 0, isRecent { return false }
            state.lookedForUnfinished = now()
            return true
        }
        guard isDue else { return }
        var remedy: Remedy?
        do {
            try await store.finishInterrupted()
        } catch is CancellationError {
            return
        } catch {
            remedy = Remedy(for: error)
        }
        let isNews = state.withLock { state in
            defer { state.unfinished = remedy }
            return state.unfinished?.sentence != remedy?.sentence
        }
        if isNews, let remedy { observe(.storeFailed(remedy.sentence, hint: remedy.hint)) }
    }

    /// A store that fails to say whose turn it is (a full disk, a locked database) is asked again, less and less often.
    private func note(_ storeError: any Error) {
        guard !(storeError is CancellationError) else { return }
        state.withLock { $0.storeFailures += 1 }
        tell(storeError)
    }

    private func tell(_ storeError: any Error) {
        let remedy = Remedy(for: storeError)
        state.withLock { state in
            state.storeRemedy = remedy
            if case StoreError.gone = storeError {
                state.end = storeError
                state.isStopping = true
            }
        }
        observe(.storeFailed(remedy.sentence, hint: remedy.hint))
    }

    private var pause: Duration {
        let failures = state.withLock { $0.storeFailures }
        guard failures == 0 else {
            return min(configuration.policy.wait(afterFailure: failures, jitter: jitter()), Self.longestPause)
        }
        if let left = state.withLock({ $0.gate.headStart(at: now()) }) { return .seconds(left) }
        return configuration.pollInterval * (0.75 + jitter() / 2)
    }

    private func work(on claim: Claim, since start: Start) async {
        let begin = ContinuousClock.now
        let outcome = await outcome(of: claim, start.probe)
        if case .stuck = outcome.ending, let error = outcome.error { tell(error) }
        let change = state.withLock { state in
            state.inFlight -= 1
            if case .ended(let receipt) = outcome.ending {
                state.summary.outcomes[receipt.reflection.outcome, default: 0] += 1
            }
            if let error = outcome.error as? StoreError, outcome.storeLesson == .failed {
                state.storeRemedy = Remedy(for: error)
            }
            // Its failures are told one by one.
            _ = state.storeGate.ended(outcome.storeLesson, since: start.storeEra, at: now(), wait: rest)
            let lesson = lesson(of: outcome, for: claim.job.user, &state)
            return state.gate.ended(lesson, since: start.era, at: now(), wait: rest)
        }
        observe(.finished(claim, outcome, took: ContinuousClock.now - begin))
        if let change { observe(.endpoint(change)) }
        wake.ring()
    }

    private func rest(afterFailures streak: Int) -> TimeInterval {
        configuration.policy.wait(afterFailure: streak, jitter: jitter()) / .seconds(1)
    }

    /// Also of one that is not worked on: a worker that was told to stop buys nothing more, nor does a user who has to wait.
    private func outcome(of claim: Claim, _ probe: JobRun.Probe) async -> JobRun.Outcome {
        if isOver { return await jobRun.hold(claim, for: .zero, because: nil) }
        let wait = state.withLock { state in
            if claim.isRetry { state.userWaits.remove(claim.job.user) }
            return state.userWaits.wait(of: claim.job.user, at: now())
        }
        guard let wait else { return await jobRun.run(claim, probe) }
        return await jobRun.hold(claim, for: .seconds(wait.until.timeIntervalSince(now())), because: wait.reason)
    }

    /// What the gate is to learn, after what is to be known of the job's user and of a drain; nil: nothing.
    private func lesson(of outcome: JobRun.Outcome, for user: UserID, _ state: inout State) -> EndpointGate.Lesson? {
        guard let error = outcome.error as? ReflectorError else {
            if outcome.lesson == .answered { state.userWaits.served(user) }
            return outcome.lesson
        }
        let (remedy, now) = (Remedy(for: error), now())
        state.trouble = remedy
        guard case .postponed(let until, _) = outcome.ending else { return outcome.lesson }
        let wait = until > now ? until : now + EndpointGate.lookAgain
        let isOfUser = error.mayBeOfUser(isNamed: namesUsers)
        if isOfUser { state.userWaits.add(user, until: wait, because: remedy.sentence, at: now) }
        let lesson = isOfUser && !state.userWaits.isEndpoint ? .refusedUser : outcome.lesson
        if lesson == .refusedUser || error.isBlocked, wait > state.ownRest?.until ?? .distantPast {
            state.ownRest = (wait, remedy)
        }
        return lesson
    }

    // MARK: - The end

    /// Whether a draining worker has nothing to wait for; says why where jobs are left.
    private func isDrained() async -> Bool {
        guard configuration.isDraining, state.withLock({ $0.inFlight == 0 }) else { return false }
        switch await drainVerdict() {
        case .goOn: return false
        case .done: return true
        case .left(let reason, let hint):
            state.withLock { state in
                state.summary.leftBecause = reason
                state.summary.hint = hint
            }
            return true
        }
    }

    private func drainVerdict() async -> DrainVerdict {
        let state = self.state.withLock(\.self)
        if state.storeFailures >= Self.maxStoreFailures, let remedy = state.storeRemedy { return .left(remedy) }
        let backlog: Backlog
        do { backlog = try await store.backlog(of: nil) } catch {
            note(error)
            return .goOn
        }
        var facts = DrainVerdict.Facts(
            backlog: backlog,
            gate: state.gate,
            horizon: configuration.drainHorizon,
            now: now()
        )
        facts.trouble = state.trouble
        facts.storeGate = state.storeGate
        facts.storeTrouble = state.storeRemedy
        facts.ownRest = state.ownRest
        facts.unfinished = state.unfinished
        return DrainVerdict(facts)
    }

    /// The task may be cancelled, and a cancelled one is refused every write: so by another, which is awaited right here.
    private func resign() async {
        do {
            try await Task { try await store.resignWorker() }.value
        } catch {
            let remedy = Remedy(for: error)
            observe(.storeFailed(remedy.sentence, hint: remedy.hint))
        }
    }

    private func letCallsEnd() async {
        let isOver: @Sendable () -> Bool = { self.state.withLock { $0.inFlight == 0 || $0.isHurried } }
        guard !isOver() else { return }
        await wake.wait(atMost: configuration.stopBound, on: clock, until: isOver)
    }
}
