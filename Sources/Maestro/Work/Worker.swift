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
        var inFlight = 0
        /// The same by the gate's era in which they began.
        var inFlightByEra: [Int: Int] = [:]
        var gate = EndpointGate()
        /// The last error of the model, and the last one for which a job waits by itself.
        var trouble: Remedy?
        var ownRest: Remedy?
        /// Users whose own limit at a gateway is used up, until when, and its words.
        var waitingUsers: [UserID: (until: Date, reason: String)] = [:]
        var summary = Summary()
        /// In a row, and what the last one was.
        var storeFailures = 0
        var storeRemedy: Remedy?
        /// Why a commit that a process died in cannot be finished, and when such were looked for last.
        var unfinished: Remedy?
        var lookedForUnfinished = Date.distantPast
    }

    /// So often in a row the store may fail before a draining worker leaves it.
    private static let maxStoreFailures = 5

    private let store: any Store
    private let jobRun: JobRun
    private let configuration: Configuration
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
        self.clock = clock
        self.now = now
        self.jitter = jitter
        self.observe = observe
        jobRun = JobRun(
            store: store,
            runner: ReflectionRunner(store: store, reflector: reflector, settings: settings, now: now) { stage, claim in
                observe(.stage(stage, claim))
            },
            reflectorName: reflector.name,
            policy: configuration.policy,
            clock: clock,
            now: now,
            jitter: jitter
        )
    }

    /// Works until it is told to stop, or, draining, until there is nothing to do soon.
    ///
    /// Cancelling the task stops at once: calls in flight are cut, and their jobs handed back.
    package func run() async throws -> Summary {
        try await store.registerWorker()
        try await withThrowingDiscardingTaskGroup { group in
            if !configuration.isDraining { group.addTask { await self.store.watchQueue { self.wake.ring() } } }
            while !isOver {
                let (claims, era, isProbe) = await claimed()
                for claim in claims {
                    observe(.claimed(claim))
                    group.addTask { await self.work(on: claim, since: era, isProbe: isProbe) }
                }
                if claims.isEmpty {
                    await finishInterrupted()
                    if await isDrained() { break }
                }
                if claims.isEmpty || freeSlots > 0 { await wake.wait(atMost: pause, on: clock) }
            }
            await letCallsEnd()
            group.cancelAll()
        }
        await resign()
        return state.withLock { $0.summary }
    }

    /// Claims nothing more; `run` returns when the calls in flight have ended or their time is over.
    package func stop() {
        state.withLock { $0.isStopping = true }
        wake.ring()
    }

    // MARK: - The loop

    private var isOver: Bool { Task.isCancelled || state.withLock { $0.isStopping } }

    /// Slots that may be filled now: what the endpoint allows of what is free.
    private var freeSlots: Int {
        state.withLock { state in
            state.gate.permits(
                configuration.slots - state.inFlight,
                inFlight: state.inFlightByEra[state.gate.era] ?? 0,
                at: now()
            )
        }
    }

    /// With the gate's era in which they begin, and whether they are to show how the endpoint does.
    private func claimed() async -> (claims: [Claim], era: Int, isProbe: Bool) {
        let slots = freeSlots
        guard slots > 0 else { return ([], 0, false) }
        do {
            let claims = try await store.claim(upTo: slots)
            return state.withLock { state in
                state.inFlight += claims.count
                state.inFlightByEra[state.gate.era, default: 0] += claims.count
                state.storeFailures = 0
                return (claims, state.gate.era, state.gate.state != .open)
            }
        } catch {
            note(error)
            return ([], 0, false)
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

    /// A store that fails (a full disk, a locked database) is asked again, less and less often.
    private func note(_ storeError: any Error) {
        guard !(storeError is CancellationError) else { return }
        let remedy = Remedy(for: storeError)
        state.withLock { state in
            state.storeFailures += 1
            state.storeRemedy = remedy
        }
        observe(.storeFailed(remedy.sentence, hint: remedy.hint))
    }

    private var pause: Duration {
        let failures = state.withLock { $0.storeFailures }
        guard failures == 0 else { return configuration.policy.wait(afterFailure: failures, jitter: jitter()) }
        return configuration.pollInterval * (0.75 + jitter() / 2)
    }

    private func work(on claim: Claim, since era: Int, isProbe: Bool) async {
        let start = ContinuousClock.now
        let wait = state.withLock { $0.waitingUsers[claim.job.user] }
        let outcome =
            if let wait, wait.until > now() { await jobRun.hold(claim, until: wait.until, because: wait.reason) } else {
                await jobRun.run(claim, isProbe: isProbe)
            }
        if case .stuck = outcome.ending, let error = outcome.error { note(error) }
        let change = state.withLock { state in
            state.inFlight -= 1
            let left = (state.inFlightByEra[era] ?? 1) - 1
            state.inFlightByEra[era] = left > 0 ? left : nil
            if let error = outcome.error as? ReflectorError {
                let remedy = Remedy(for: error)
                state.trouble = remedy
                if case .afterOwnRest = remedy.retry { state.ownRest = remedy }
                if case .userRefused(let reason, _) = error, case .postponed(let until, _) = outcome.ending {
                    state.waitingUsers = state.waitingUsers.filter { $0.value.until > now() }
                    state.waitingUsers[claim.job.user] = (until, reason)
                }
            }
            if case .ended(let receipt) = outcome.ending {
                state.summary.outcomes[receipt.reflection.outcome, default: 0] += 1
            }
            return learn(from: outcome, since: era, &state.gate)
        }
        observe(.finished(claim, outcome, took: ContinuousClock.now - start))
        if let change { observe(.endpoint(change)) }
        wake.ring()
    }

    private func learn(
        from outcome: JobRun.Outcome,
        since era: Int,
        _ gate: inout EndpointGate
    ) -> EndpointGate.Change? {
        guard let lesson = outcome.lesson else { return nil }
        return gate.learn(lesson, at: now(), since: era) { streak in
            configuration.policy.wait(afterFailure: streak, jitter: jitter()) / .seconds(1)
        }
    }

    // MARK: - The end

    /// Whether a draining worker has nothing to wait for; says why where jobs are left.
    private func isDrained() async -> Bool {
        let now = self.now()
        let state = self.state.withLock(\.self)
        guard configuration.isDraining, state.inFlight == 0 else { return false }
        if state.storeFailures >= Self.maxStoreFailures, let remedy = state.storeRemedy { return leave(remedy) }
        let backlog: Backlog
        do { backlog = try await store.backlog(of: nil) } catch {
            note(error)
            return false
        }
        let horizon = configuration.drainHorizon / .seconds(1)
        if backlog.nextDue != nil {
            if case .closed(let sentence, let hint, _) = state.gate.state { return leave(sentence, hint) }
            if let since = state.gate.failingSince, let trouble = state.trouble,
                now.timeIntervalSince(since) > horizon
            {
                let seconds = Int(now.timeIntervalSince(since))
                return leave("nobody was served for \(seconds) s: \(trouble.sentence)", trouble.hint)
            }
            // The job that was told to wait is not due itself, and may be the only one.
            if let until = state.gate.restsUntil, until > now + horizon {
                return leave("the endpoint asked for a rest until \(until.formatted(.iso8601))", nil)
            }
        }
        guard backlog.running == 0, backlog.nextDue.map({ $0 > now + horizon }) ?? true else { return false }
        if let unfinished = state.unfinished { return leave(unfinished) }
        if backlog.nextDue != nil, let ownRest = state.ownRest { return leave(ownRest) }
        return true
    }

    private func leave(_ remedy: Remedy) -> Bool { leave(remedy.sentence, remedy.hint) }

    /// Always true: it is drained, as far as it can be.
    private func leave(_ sentence: String, _ hint: String?) -> Bool {
        state.withLock { state in
            state.summary.leftBecause = sentence
            state.summary.hint = hint
        }
        return true
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
        let isIdle: @Sendable () -> Bool = { self.state.withLock { $0.inFlight == 0 } }
        guard !isIdle() else { return }
        await wake.wait(atMost: configuration.stopBound, on: clock, until: isIdle)
    }
}
