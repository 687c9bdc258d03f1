// SPDX-License-Identifier: Apache-2.0
package import Maestro
import Synchronization

/// A reflector that answers from a list, and counts how often it was asked.
package final class ScriptedReflector: Reflector {
    package enum Answer: Sendable {
        case reply(ReflectorReply)
        case failure(ReflectorError)
        /// Runs first; what it does can stand for anything that happens while a model thinks.
        case after(@Sendable () async throws -> Void, ReflectorReply)
    }

    package let name = "scripted"
    package let seesWholeActivity: Bool
    private let state: Mutex<(answers: [Answer], prompts: [ReflectionPrompt])>

    /// Answers in order; the last one is repeated.
    package init(_ answers: [Answer], seesWholeActivity: Bool = false) {
        state = Mutex((answers, []))
        self.seesWholeActivity = seesWholeActivity
    }

    package convenience init(reply: String) {
        self.init([.reply(ReflectorReply(text: reply, model: "scripted-1", tokensIn: 100, tokensOut: 20))])
    }

    /// Every prompt so far: its count is the number of calls.
    package var prompts: [ReflectionPrompt] { state.withLock { $0.prompts } }

    package func reflect(_ prompt: ReflectionPrompt) async throws -> ReflectorReply {
        let answer = state.withLock { state in
            state.prompts.append(prompt)
            return state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first
        }
        switch answer {
        case .reply(let reply): return reply
        case .failure(let error): throw error
        case .after(let event, let reply):
            try await event()
            return reply
        case nil: throw ReflectorError.unusable("the script is empty")
        }
    }
}
