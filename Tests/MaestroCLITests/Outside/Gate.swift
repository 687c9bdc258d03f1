// SPDX-License-Identifier: Apache-2.0
import MaestroTestServer

/// A model that thinks until it is told to answer, so that a test can do something meanwhile.
struct Gate: Sendable {
    private let opened = AsyncStream.makeStream(of: Void.self)
    private let asked = AsyncStream.makeStream(of: Void.self)

    /// Answers the first call with `reply` when the gate is opened, every later one with `next` at once.
    func script(_ reply: String, next: String? = nil) -> Script {
        Script { _, number in
            guard number == 0 else { return .reply(next ?? reply) }
            asked.continuation.yield()
            var behaviour = Behaviour.reply(reply)
            behaviour.hold = { for await _ in opened.stream { return } }
            return behaviour
        }
    }

    /// Returns when the model was asked.
    func untilAsked() async { for await _ in asked.stream { return } }

    func open() { opened.continuation.yield() }
}
