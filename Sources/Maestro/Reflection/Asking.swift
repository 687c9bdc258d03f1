// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Gets one usable reply: the stored one, else a fresh one, else the answer to one re-ask that quotes what was wrong.
///
/// Every ask leaves its attempt row, and a reply is stored, with what it was built from, before anyone uses it: a crash
/// from there on never pays twice.
struct Asking: Sendable {
    let store: any Store
    let reflector: any Reflector
    let now: @Sendable () -> Date

    func usableReply(to prompt: ReflectionPrompt, for claim: Claim) async throws -> (StoredReply, Proposal) {
        var prompt = prompt
        var mayAskAgain = true
        if let stored = try await store.storedReply(for: claim.reflection) {
            do {
                return (stored, try Proposal(stored.reply, piece: stored.base.piece))
            } catch {
                // It was asked for and was no good, then the process ended: what is left is the re-ask.
                prompt = prompt.repairing(error.sentence)
                mayAskAgain = false
            }
        }
        do {
            return try await ask(prompt, for: claim)
        } catch let error where mayAskAgain && Remedy(for: error).asksAgain {
            return try await ask(prompt.repairing(Remedy(for: error).sentence), for: claim)
        }
    }

    private func ask(_ prompt: ReflectionPrompt, for claim: Claim) async throws -> (StoredReply, Proposal) {
        let startedAt = now()
        var answer: ReflectorReply?
        do {
            let reply = try await reflector.reflect(prompt)
            answer = reply
            let stored = stored(reply, prompt)
            try await store.keep(stored, for: claim.reflection)
            let proposal = try Proposal(reply, piece: stored.base.piece)
            try await store.record(attempt(for: claim, startedAt, reply, error: nil))
            return (stored, proposal)
        } catch let error where !(error is StoreError) {
            // Written although the task may be cancelled: the tokens were spent. Awaited right here.
            let failed = attempt(for: claim, startedAt, answer, error: Remedy(for: error).sentence)
            try await Task { [store] in try await store.record(failed) }.value
            throw error
        }
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

    private func attempt(for claim: Claim, _ startedAt: Date, _ reply: ReflectorReply?, error: String?) -> Attempt {
        Attempt(
            reflection: claim.reflection,
            startedAt: startedAt,
            durationMilliseconds: Int(now().timeIntervalSince(startedAt) * 1000),
            model: reply?.model,
            rung: reply?.rung,
            tokensIn: reply?.tokensIn,
            tokensOut: reply?.tokensOut,
            error: error
        )
    }
}
