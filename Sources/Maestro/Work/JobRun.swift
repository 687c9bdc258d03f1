// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Works on one claimed job under its lease, and brings it to its end: done, dead, cancelled, or back into the queue.
package struct JobRun: Sendable {
    /// How it came out.
    package enum Ending: Sendable {
        /// Done, dead or cancelled, with its one metric row.
        case ended(Receipt)
        /// Back in the queue, due at the time (by the clock of this machine).
        case postponed(until: Date, isCounted: Bool)
        /// Another process has it now, or a person cancelled it.
        case lost
        /// The store could not take its end: it keeps its lease until that runs out, and is taken over then.
        case stuck
    }

    /// An ending, and the error that led to it, if one did.
    package struct Outcome: Sendable {
        package let ending: Ending
        package let error: (any Error)?

        package init(ending: Ending, error: (any Error)?) {
            self.ending = ending
            self.error = error
        }

        /// What it shows of the endpoint; nil where that was not asked, or another thing failed.
        package var lesson: EndpointGate.Lesson? {
            if let error { return EndpointGate.Lesson(error) }
            switch ending {
            case .ended(let receipt): return receipt.replyWasKept ? nil : .answered
            case .postponed, .lost, .stuck: return nil
            }
        }

        /// What it shows of the store; nil where another has the job, or it was only put back for a reason that is not the store's.
        package var storeLesson: EndpointGate.Lesson? {
            if let error = error as? StoreError { return error == .leaseLost ? nil : .failed }
            switch ending {
            case .ended: return .answered
            // Putting a job back takes less than a commit does.
            case .postponed, .lost: return nil
            case .stuck: return .failed
            }
        }
    }

    /// Whether a job is to show how something does that rested or was closed.
    package struct Probe: Hashable, Sendable {
        package var ofEndpoint = false
        package var ofStore = false

        package init(ofEndpoint: Bool = false, ofStore: Bool = false) {
            self.ofEndpoint = ofEndpoint
            self.ofStore = ofStore
        }
    }

    private let store: any Store
    private let runner: ReflectionRunner
    private let reflectorName: String
    /// Nil: in the foreground, where a person waits.
    private let policy: RetryPolicy?
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date
    private let jitter: @Sendable () -> Double

    package init(
        store: any Store,
        runner: ReflectionRunner,
        reflectorName: String,
        policy: RetryPolicy?,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.store = store
        self.runner = runner
        self.reflectorName = reflectorName
        self.policy = policy
        self.clock = clock
        self.now = now
        self.jitter = jitter
    }

    /// Puts it back without a call to the model, due after the wait; no failure of the job's.
    ///
    /// Never throws; written also where the task is cancelled. `reason` is what people read; nil: a worker that stops.
    package func hold(_ claim: Claim, for wait: Duration, because reason: String?) async -> Outcome {
        let postponement = Postponement(wait: wait, isCounted: false, error: reason)
        do {
            // A cancelled task is refused every write. The task is awaited right here.
            try await Task { try await store.postpone(claim, postponement) }.value
            return Outcome(ending: .postponed(until: now() + wait / .seconds(1), isCounted: false), error: nil)
        } catch StoreError.leaseLost {
            return Outcome(ending: .lost, error: StoreError.leaseLost)
        } catch {
            return Outcome(ending: .stuck, error: error)
        }
    }

    /// Works on it to its end.
    ///
    /// Never throws: the outcome holds the error that led there.
    ///
    package func run(_ claim: Claim, _ probe: Probe = Probe()) async -> Outcome {
        let startedAt = now()
        do {
            let receipt = try await underLease(of: claim) { try await runner.reflect(on: claim) }
            return Outcome(ending: .ended(receipt), error: nil)
        } catch {
            // The row must be written although this task may be cancelled already, and a cancelled task is refused every
            // write. The task is awaited right here.
            return await Task { await end(claim, after: error, startedAt, probe) }.value
        }
    }

    private func end(_ claim: Claim, after error: any Error, _ startedAt: Date, _ probe: Probe) async -> Outcome {
        do {
            return Outcome(ending: try await ending(claim, after: error, startedAt, probe), error: error)
        } catch StoreError.leaseLost {
            return Outcome(ending: .lost, error: error)
        } catch let trouble {
            return Outcome(ending: .stuck, error: trouble)
        }
    }

    private func disposition(of remedy: Remedy, for claim: Claim, _ probe: Probe) -> RetryPolicy.Disposition {
        let isProbe = remedy.retry == .whenStoreWorks ? probe.ofStore : probe.ofEndpoint
        return policy?.disposition(of: remedy, failures: claim.failures, jitter: jitter(), isProbe: isProbe)
            ?? RetryPolicy.dispositionInForeground(of: remedy)
    }

    private func ending(
        _ claim: Claim,
        after error: any Error,
        _ startedAt: Date,
        _ probe: Probe
    ) async throws -> Ending {
        let remedy = Remedy(for: error)
        switch disposition(of: remedy, for: claim, probe) {
        case .leave: return .lost
        case .postpone(let wait, let isCounted):
            let reason = remedy.retry == .whenWanted ? nil : remedy.sentence
            // Such a job only goes back where it was to show how a closed endpoint does, which will be asked anew.
            let isUseless = remedy.retry == .uselessIfOthersAreServed
            try await store.postpone(
                claim,
                Postponement(wait: wait, isCounted: isCounted, forgetsReply: isUseless, error: reason)
            )
            return .postponed(until: now() + wait / .seconds(1), isCounted: isCounted)
        case .end:
            var report = Report(reflector: reflectorName, startedAt: startedAt)
            report.notes = [remedy.hint].compactMap(\.self)
            report.keepsReply = remedy.retry == .whenStoreWorks
            return .ended(try await store.end(claim, as: remedy.outcome, error: remedy.sentence, report: report))
        }
    }

    /// A store that fails for a moment loses no lease and cuts no call: it is asked again until the lease itself is over.
    private func renew(_ claim: Claim) async throws {
        let end = now() + (Lease.duration - Lease.renewalInterval) / .seconds(1)
        while true {
            do {
                return try await store.renew(claim)
            } catch let error where !(error is CancellationError) && error as? StoreError != .leaseLost && now() < end {
                try await clock.sleep(for: Lease.retryInterval)
            }
        }
    }

    /// Returns when the claim does not hold any more.
    private func untilLost(_ claim: Claim) async throws {
        while true {
            try await clock.sleep(for: Lease.watchInterval)
            do {
                guard try await store.holds(claim) else { return }
            } catch let error where !(error is CancellationError) {
                // The renewal beside this says what is wrong with the store.
                continue
            }
        }
    }

    /// Runs `body` and renews the lease beside it.
    ///
    /// A lost lease cancels `body`, and so does the end of its time in all.
    private func underLease(
        of claim: Claim,
        _ body: @escaping @Sendable () async throws -> Receipt
    ) async throws -> Receipt {
        let end = now() + claim.runTime / .seconds(1)
        return try await withThrowingTaskGroup(of: Receipt.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while now() < end {
                    let left = Duration.seconds(end.timeIntervalSince(now()))
                    try await clock.sleep(for: min(Lease.renewalInterval, left))
                    try await renew(claim)
                }
                throw ReflectorError.timedOut("the reflection took longer than a job may run in all")
            }
            group.addTask {
                try await untilLost(claim)
                throw StoreError.leaseLost
            }
            let first = await group.nextResult()
            group.cancelAll()
            if case .failure(let error) = first {
                // What was committed before the lease ended stands: its guard let it through, and its receipt is on its way.
                while let other = await group.nextResult() { if case .success(let receipt) = other { return receipt } }
                throw error
            }
            guard let receipt = try first?.get() else { throw CancellationError() }
            return receipt
        }
    }
}
