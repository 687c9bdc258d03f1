// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What one tiny structured call says about a server: for `doctor`.
package struct EndpointProbe: Sendable {
    package let rung: String
    package let model: String?
    package let tokensIn: Int?
    package let tokensOut: Int?
    package let milliseconds: Int

    /// Asks once, from the top of the ladder, and remembers the rung; a context limit learned before is forgotten.
    ///
    /// - Throws: ``ReflectorError`` where the server gives no usable answer.
    package init(_ reflector: LLMReflector) async throws {
        let schema = """
            {"type":"object","additionalProperties":false,"required":["ok"],"properties":{"ok":{"type":"boolean"}}}
            """
        reflector.forgetContextLimit()
        let start = ContinuousClock.now
        let reply = try await reflector.ask(
            "You answer with JSON.",
            "Reply with the JSON object {\"ok\": true}.",
            schema: schema,
            of: .me,
            from: LadderMemory.Manner(rung: .strictSchema)
        )
        rung = reply.rung ?? Rung.text.rawValue
        model = reply.model
        tokensIn = reply.tokensIn
        tokensOut = reply.tokensOut
        milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
    }
}
