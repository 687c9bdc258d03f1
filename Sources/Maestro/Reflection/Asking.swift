// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Gets one usable reply: the stored one, else a fresh one, else the answer to one more ask.
///
/// The second ask quotes what was wrong with the first reply, or fits the prompt into the room that the server named.
/// Every ask leaves its attempt row, and a reply is stored, with what it was built from, before anyone uses it: a crash
/// from there on never pays twice.
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

    func usableReply(to prompt: ReflectionPrompt, for claim: Claim) async throws -> Answer {
        if let stored = try await store.storedReply(for: claim.reflection) {
            if let problem = stored.problem {
                let error =
                    stored.promptCut.map { ReflectorError.contextTruncated(problem, limitTokens: $0.limitTokens) }
                    ?? .unusable(problem)
                guard let second = secondPrompt(after: error, to: prompt) else { throw error }
                return try await ask(second, for: claim, isFirst: false)
            }
            do {
                return Answer(
                    reply: stored,
                    proposal: try Proposal(stored.reply, piece: stored.base.piece),
                    wasKept: true
                )
            } catch {
                // It was asked for and was no good, then the process ended: what is left is the second ask.
                return try await ask(prompt.repairing(error.sentence), for: claim, isFirst: false)
            }
        }
        do {
            return try await ask(prompt, for: claim, isFirst: true)
        } catch {
            guard let second = secondPrompt(after: error, to: prompt) else { throw error }
            return try await ask(second, for: claim, isFirst: false)
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

    private func ask(_ prompt: ReflectionPrompt, for claim: Claim, isFirst: Bool) async throws -> Answer {
        let startedAt = now()
        let reply: ReflectorReply
        do {
            reply = try await reflector.reflect(prompt)
        } catch {
            // Written although the task may be cancelled: the call was made. Awaited right here.
            let cost = (error as? ReflectorError)?.cost
            let failed = attempt(for: claim, startedAt, cost, error: Remedy(for: error).sentence)
            let spent = isFirst ? cost.map { self.spent($0, on: prompt, after: error) } : nil
            try await Task { [store] in
                // What the first ask bought is known, or a second one that has to wait would have it bought again.
                if let spent { try await store.keep(spent, costing: failed) } else { try await store.record(failed) }
            }.value
            throw error
        }
        let stored = stored(reply, prompt)
        let proposal = Result { () throws(ReplyError) in try Proposal(reply, piece: stored.base.piece) }
        var problem: String?
        if case .failure(let error) = proposal { problem = error.sentence }
        // Kept although the task may be cancelled: it was paid for. Awaited right here.
        let cost = attempt(for: claim, startedAt, CallCost(of: reply), error: problem)
        try await Task { [store] in try await store.keep(stored, costing: cost) }.value
        return Answer(reply: stored, proposal: try proposal.get(), wasKept: false)
    }

    private func stored(_ reply: ReflectorReply, _ prompt: ReflectionPrompt) -> StoredReply {
        StoredReply(
            reply: reply,
            base: reflector.seesWholeActivity ? prompt.inputs.wholeBase : prompt.inputs.base,
            reflector: reflector.name,
            digest: prompt.inputs.digest.size,
            notes: reflector.seesWholeActivity ? [] : prompt.inputs.notes
        )
    }

    private func spent(_ cost: CallCost, on prompt: ReflectionPrompt, after error: any Error) -> StoredReply {
        let reply = ReflectorReply(
            text: "",
            model: cost.model,
            tokensIn: cost.tokensIn,
            tokensOut: cost.tokensOut,
            rung: cost.rung
        )
        var stored = stored(reply, prompt)
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
