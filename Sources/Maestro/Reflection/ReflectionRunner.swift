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
    private let now: @Sendable () -> Date
    private let clock: (any Clock<Duration>)?
    private let observe: @Sendable (ReflectionStage, Claim) -> Void

    /// `clock`: by which a reply is offered again that the store could not take; nil: not, because a person waits.
    package init(
        store: any Store,
        reflector: any Reflector,
        settings: Settings,
        now: @escaping @Sendable () -> Date,
        clock: (any Clock<Duration>)? = nil,
        observe: @escaping @Sendable (ReflectionStage, Claim) -> Void = { _, _ in }
    ) {
        self.store = store
        self.reflector = reflector
        self.settings = settings
        self.now = now
        self.clock = clock
        self.observe = observe
    }

    /// Reflects on a claimed job and commits what is worth it, which ends the job as done.
    ///
    /// What it throws has changed nothing but the rows of what it cost; ``Remedy`` says what to do about it. Who claimed
    /// the job ends it then, and keeps its lease meanwhile: see `JobRun`.
    package func reflect(on claim: Claim) async throws -> Receipt {
        let startedAt = now()
        let (job, activity) = (claim.job, claim.activity)
        let state = try await store.state(of: job.user, in: job.scope)
        let inputs = ReflectionInputs(job: job, activity: activity, state: state, settings: settingsInForce)
        let prompt = ReflectionPrompt(inputs)
        observe(.start(promptBytes: prompt.byteCount), claim)

        let asking = Asking(
            store: store,
            reflector: reflector,
            settings: settingsInForce,
            now: now,
            clock: clock
        )
        let answer = try await asking.usableReply(to: prompt, for: claim)
        observe(.model(answer.reply.reply, wasKept: answer.wasKept), claim)
        let proposed = answer.proposal.changes.count + answer.proposal.refused.count
        observe(.reasoning(answer.proposal.reasoning, changes: proposed), claim)

        let request = CommitRequest(
            reflection: claim.reflection,
            kind: .job,
            user: job.user,
            scope: job.scope,
            claim: claim,
            report: report(on: answer.reply, startedAt)
        )
        let judge = Judge(JudgePolicy(settings: settings.reflection))
        var receipt = try await store.commit(request) { now in
            judge.decide(answer.proposal, base: answer.reply.base, job: job, activity: activity, now: now)
        }
        receipt.replyWasKept = answer.wasKept
        observe(.applied(receipt), claim)
        if let snapshot = receipt.snapshot { observe(.snapshot(snapshot), claim) }
        return receipt
    }

    /// What a reflection would decide now.
    ///
    /// Writes nothing, keeps no reply; asks the reflector.
    package func preview(_ job: Job, _ activity: Activity) async throws -> (Judgement, Digest) {
        let state = try await store.state(of: job.user, in: job.scope)
        let inputs = ReflectionInputs(job: job, activity: activity, state: state, settings: settingsInForce)
        let prompt = ReflectionPrompt(inputs)
        let proposal = try Proposal(try await reflector.reflect(prompt), piece: job.piece)
        let base = reflector.seesWholeActivity ? inputs.wholeBase : inputs.base
        let judgement = Judge(JudgePolicy(settings: settings.reflection))
            .decide(proposal, base: base, job: job, activity: activity, now: state)
        return (judgement, inputs.digest)
    }

    /// The settings, with the context limit that the server itself has named where that is less.
    private var settingsInForce: Settings {
        var settings = settings
        settings.llm.contextLimitTokens = min(
            settings.llm.contextLimitTokens,
            reflector.contextLimitTokens ?? .max
        )
        return settings
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
}
