// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Gets one usable reply: the stored one, else a fresh one, else the answer to one more ask.
///
/// The second ask quotes what was wrong with the first reply, or fits the prompt into the room that the server named.
/// Every ask leaves its attempt row, and a reply is stored, with what it was built from, before anyone uses it: whoever goes on
/// after a crash from there on does not ask for it again.
struct Asking: Sendable {
    struct Answer: Sendable {
        let reply: StoredReply
        let proposal: Proposal
        /// An earlier run had paid for it.
        let wasKept: Bool
    }

    let store: any Store
    let reflector: any Reflector
    let settings: Settings
    let now: @Sendable () -> Date
    /// Where the store cannot take a reply it is held, and offered again by this clock for as long as a lease lasts or until
    /// the task is cancelled; nil: it is lost, because a person waits.
    let clock: (any Clock<Duration>)?

    func usableReply(to prompt: ReflectionPrompt, for claim: Claim) async throws -> Answer {
        if let kept = try await store.storedReply(for: claim.reflection) {
            do {
                return Answer(reply: kept, proposal: try kept.proposal(), wasKept: true)
            } catch {
                // It was asked for and was no good, then the process ended or had to wait.
                guard kept.wasAskedAgain != true, let second = secondPrompt(after: error, to: prompt) else {
                    throw KeptReplyError(problem: error)
                }
                return try await ask(second, for: claim, isSecond: true)
            }
        }
        do {
            return try await ask(prompt, for: claim, isSecond: false)
        } catch {
            guard let second = secondPrompt(after: error, to: prompt) else { throw error }
            return try await ask(second, for: claim, isSecond: true)
        }
    }

    /// What to ask once more; nil where that would only cost.
    private func secondPrompt(after error: any Error, to prompt: ReflectionPrompt) -> ReflectionPrompt? {
        if let room = ContextRoom(after: error, to: prompt, settings.llm) {
            let smaller = ReflectionPrompt(prompt.inputs.fitted(into: room, settings))
            return smaller.byteCount <= room.bytesAtMost ? smaller : nil
        }
        let remedy = Remedy(for: error)
        return remedy.asksAgain ? prompt.repairing(remedy.sentence) : nil
    }

    private func ask(_ prompt: ReflectionPrompt, for claim: Claim, isSecond: Bool) async throws -> Answer {
        let startedAt = now()
        let reply: ReflectorReply
        do {
            reply = try await reflector.reflect(prompt)
        } catch {
            let cost = (error as? ReflectorError)?.cost
            let failed = attempt(for: claim, startedAt, cost, error: Remedy(for: error).sentence)
            let spent = cost.map { self.spent($0, on: prompt, isSecond: isSecond, after: error) }
            try await writeDown { [store] in
                // What an ask bought is known, or whoever goes on with this job would buy it again.
                if let spent {
                    try await store.keep(spent, for: claim, costing: failed)
                } else {
                    try await store.record(failed)
                }
            }
            throw error
        }
        let stored = stored(reply, to: prompt, isSecond: isSecond)
        let proposal = Result { try stored.proposal() }
        var problem: String?
        if case .failure(let error) = proposal { problem = Remedy(for: error).sentence }
        let cost = attempt(for: claim, startedAt, CallCost(of: reply), error: problem)
        try await writeDown { [store] in try await store.keep(stored, for: claim, costing: cost) }
        return Answer(reply: stored, proposal: try proposal.get(), wasKept: false)
    }

    /// Also where the task is cancelled: the call was made.
    private func writeDown(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let start = ContinuousClock.now
        while true {
            do {
                // A cancelled task is refused every write. This one is awaited right here.
                return try await Task { try await body() }.value
            } catch let failure as StoreError where failure.mayPass {
                guard let clock, ContinuousClock.now - start < Lease.duration else { throw failure }
                // Told to stop, or the lease is over.
                do { try await clock.sleep(for: Lease.retryInterval) } catch { throw failure }
            }
        }
    }

    private func stored(_ reply: ReflectorReply, to prompt: ReflectionPrompt, isSecond: Bool) -> StoredReply {
        var stored = StoredReply(
            reply: reply,
            base: reflector.seesWholeActivity ? prompt.inputs.wholeBase : prompt.inputs.base,
            reflector: reflector.name,
            digest: prompt.inputs.digest.size,
            notes: reflector.seesWholeActivity ? [] : prompt.inputs.notes
        )
        stored.wasAskedAgain = isSecond
        return stored
    }

    private func spent(
        _ cost: CallCost,
        on prompt: ReflectionPrompt,
        isSecond: Bool,
        after error: any Error
    ) -> StoredReply {
        let reply = ReflectorReply(
            text: "",
            model: cost.model,
            tokensIn: cost.tokensIn,
            tokensOut: cost.tokensOut,
            rung: cost.rung
        )
        var stored = stored(reply, to: prompt, isSecond: isSecond)
        stored.problem = Remedy(for: error).sentence
        if case ReflectorError.contextTruncated(_, let limit, _) = error {
            stored.promptCut = .init(limitTokens: limit)
        }
        return stored
    }

    private func attempt(for claim: Claim, _ startedAt: Date, _ cost: CallCost?, error: String?) -> Attempt {
        Attempt(
            reflection: claim.reflection,
            startedAt: startedAt,
            durationMilliseconds: Int(now().timeIntervalSince(startedAt) * 1000),
            model: cost?.model,
            rung: cost?.rung,
            tokensIn: cost?.tokensIn,
            tokensOut: cost?.tokensOut,
            error: error
        )
    }
}

extension StoredReply {
    /// What it proposes; throws what was wrong with it.
    fileprivate func proposal() throws -> Proposal {
        if let promptCut { throw ReflectorError.contextTruncated(problem ?? "", limitTokens: promptCut.limitTokens) }
        if let problem { throw ReflectorError.unusable(problem) }
        return try Proposal(reply, piece: base.piece)
    }
}

/// A reply that an earlier run had paid for is of no use, and it is not worth another ask: nobody was asked now, so that it says
/// nothing about the endpoint.
package struct KeptReplyError: Error {
    /// What was wrong with it.
    package let problem: any Error
}
