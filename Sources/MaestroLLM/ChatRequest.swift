// SPDX-License-Identifier: Apache-2.0
import Maestro

/// One chat as a server of either kind takes it.
struct ChatRequest: Hashable, Sendable {
    /// What a server may want otherwise; learned from its refusals.
    struct Dialect: Hashable, Sendable, Codable {
        /// Newer OpenAI models refuse `max_tokens`.
        var namesCompletionTokens = false
        /// Reasoning models refuse any temperature but their own.
        var omitsTemperature = false
        /// Models that cannot think refuse `think` on Ollama.
        var omitsThink = false
    }

    let system: String
    let user: String
    let schema: JSONValue
    let rung: Rung
    var dialect = Dialect()

    /// The body for `settings`; `userID` is sent where a gateway is to charge that user.
    func body(_ settings: Settings.LLM, userID: UserID?) -> JSONValue {
        let messages = JSONValue.array([
            .make([("role", .string("system")), ("content", .string(system))]),
            .make([("role", .string("user")), ("content", .string(user))]),
        ])
        var members: [(String, JSONValue)] = settings.model.map { [("model", .string($0))] } ?? []
        members += [("messages", messages), ("stream", .bool(false))]
        let limit = JSONValue.number("\(settings.maxReplyTokens)")
        switch settings.kind {
        case .openai:
            members.append((dialect.namesCompletionTokens ? "max_completion_tokens" : "max_tokens", limit))
            if !dialect.omitsTemperature { members.append(("temperature", .number("0"))) }
            if let format = rung.format(of: schema, for: .openai) { members.append(("response_format", format)) }
            if let userID { members.append(("user", .string(userID.rawValue))) }
        case .ollama:
            if let format = rung.format(of: schema, for: .ollama) { members.append(("format", format)) }
            if !dialect.omitsThink { members.append(("think", .bool(false))) }
            // Its OpenAI door cannot set num_ctx and truncates in silence at a small default.
            members.append(
                (
                    "options",
                    .make([
                        ("temperature", .number("0")), ("num_predict", limit),
                        ("num_ctx", .number("\(settings.contextLimitTokens)")),
                    ])
                )
            )
        }
        return .make(members)
    }
}
