// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// One reflection, start to end.
///
/// Read this first.
///
/// Running the same job again after a crash anywhere is always right: a stored reply is not asked for again, and a commit
/// that happened is recognised by the reflection's id.
package struct ReflectionRunner: Sendable {
    private let store: any Store
    private let reflector: any Reflector
    private let settings: Settings
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date

    package init(
        store: any Store,
        reflector: any Reflector,
        settings: Settings,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date
    ) {
        self.store = store
        self.reflector = reflector
        self.settings = settings
        self.clock = clock
        self.now = now
    }

    /// Reflects on a claimed job and ends it, whatever happens: done, dead or cancelled, with its one metric row.
    ///
    /// - Throws: ``StoreError`` where the store itself fails: the job then keeps its lease and is taken over later.
    package func run(_ claim: Claim) async throws -> Receipt {
        let startedAt = now()
        do {
            return try await underLease(of: claim) { try await reflect(on: claim, startedAt: startedAt) }
        } catch let failure as StoreError {
            throw failure
        } catch {
            let report = Report(reflector: reflector.name, startedAt: startedAt)
            return try await ending(claim, after: error, report)
        }
    }

    private func reflect(on claim: Claim, startedAt: Date) async throws -> Receipt {
        let (job, activity) = (claim.job, claim.activity)
        let state = try await store.state(of: job.user, in: job.scope)
        let inputs = ReflectionInputs(job: job, activity: activity, state: state, settings: settings)
        let prompt = ReflectionPrompt(inputs)
        let asking = Asking(store: store, reflector: reflector, now: now)
        let (reply, proposal) = try await asking.usableReply(to: prompt, for: claim)

        let request = CommitRequest(
            reflection: claim.reflection,
            kind: .job,
            user: job.user,
            scope: job.scope,
            claim: claim,
            report: report(on: reply, startedAt)
        )
        let judge = Judge(JudgePolicy(settings: settings.reflection))
        return try await store.commit(request) { now in
            judge.decide(proposal, base: reply.base, job: job, activity: activity, now: now)
        }
    }

    /// What a reflection would decide now.
    ///
    /// Writes nothing, keeps no reply; asks the reflector.
    package func preview(_ job: Job, _ activity: Activity) async throws -> (Judgement, Digest) {
        let state = try await store.state(of: job.user, in: job.scope)
        let inputs = ReflectionInputs(job: job, activity: activity, state: state, settings: settings)
        let prompt = ReflectionPrompt(inputs)
        let proposal = try Proposal(try await reflector.reflect(prompt), piece: job.piece)
        let base = reflector.seesWholeActivity ? inputs.wholeBase : inputs.base
        let judgement = Judge(JudgePolicy(settings: settings.reflection))
            .decide(proposal, base: base, job: job, activity: activity, now: state)
        return (judgement, inputs.digest)
    }

    /// Runs `body` and renews the lease beside it; a lost lease cancels `body`.
    private func underLease(
        of claim: Claim,
        _ body: @escaping @Sendable () async throws -> Receipt
    ) async throws -> Receipt {
        try await withThrowingTaskGroup(of: Receipt.self) { group in
            group.addTask { try await body() }
            group.addTask { [store, clock] in
                while true {
                    try await clock.sleep(for: Lease.renewalInterval)
                    try await store.renew(claim)
                }
            }
            defer { group.cancelAll() }
            guard let receipt = try await group.next() else { throw CancellationError() }
            return receipt
        }
    }

    private func report(on reply: StoredReply, _ startedAt: Date) -> Report {
        Report(
            reflector: reply.reflector,
            model: reply.reply.model,
            digest: reply.digest,
            notes: reply.notes,
            llmRaw: settings.reflection.storeLlmRaw ? reply.reply.text : nil,
            startedAt: startedAt
        )
    }

    private func ending(_ claim: Claim, after error: any Error, _ report: Report) async throws -> Receipt {
        let remedy = Remedy(for: error)
        var report = report
        report.notes = [remedy.hint].compactMap(\.self)
        // The row must be written although this task may be cancelled already, and a cancelled task is refused every
        // write. The task is awaited right here: `run` owns it.
        return try await Task { [store, report] in
            try await store.end(claim, as: remedy.outcome, error: remedy.sentence, report: report)
        }.value
    }
}
