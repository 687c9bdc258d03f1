// SPDX-License-Identifier: Apache-2.0

/// What a model says, before a server of either kind wraps it up.
package struct Completion: Sendable {
    package enum Usage: Sendable {
        /// About four letters a token, as real tokenizers have it.
        case counted
        case given(prompt: Int, reply: Int)
        case null
        case missing
    }

    /// Nil is `null`.
    package var content: String?
    package var reasoning: String?
    package var refusal: String?
    package var finishReason = "stop"
    package var usage = Usage.counted
    /// Nil: the model that was asked for, else `test-model`.
    package var model: String?
    /// Whether the content is a list of parts instead of a text.
    package var isInParts = false
    /// Whether control characters in the content stand as they are, which JSON forbids and servers do.
    package var hasRawControls = false

    /// Whether the body begins with U+FEFF, which JSON does not allow.
    package var hasByteOrderMark = false

    /// Whether an error that says nothing stands beside the choices.
    package var hasEmptyError = false

    package init(_ content: String?) { self.content = content }

    /// The body of a server's answer to `request`.
    func body(for request: RecordedRequest) -> String {
        (hasByteOrderMark ? "\u{FEFF}" : "") + (request.isNative ? nativeBody(for: request) : openAIBody(for: request))
    }

    private func openAIBody(for request: RecordedRequest) -> String {
        var message = "\"role\":\"assistant\",\"content\":\(contentText)"
        if let reasoning { message += ",\"reasoning_content\":\(JSONText.quoted(reasoning))" }
        if let refusal { message += ",\"refusal\":\(JSONText.quoted(refusal))" }
        let choice = "{\"index\":0,\"message\":{\(message)},\"finish_reason\":\(JSONText.quoted(finishReason))}"
        var body = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1780000000"
        body += ",\"model\":\(JSONText.quoted(modelName(for: request))),\"choices\":[\(choice)]"
        switch usage {
        case .missing: break
        case .null: body += ",\"usage\":null"
        case .counted, .given:
            let (prompt, reply) = counts(for: request)
            body += ",\"usage\":{\"prompt_tokens\":\(prompt),\"completion_tokens\":\(reply)"
            body += ",\"total_tokens\":\(prompt + reply)}"
        }
        if hasEmptyError { body += ",\"error\":{\"message\":\"\",\"code\":null}" }
        return body + "}"
    }

    private func nativeBody(for request: RecordedRequest) -> String {
        var message = "\"role\":\"assistant\",\"content\":\(content == nil ? "\"\"" : contentText)"
        if let reasoning { message += ",\"thinking\":\(JSONText.quoted(reasoning))" }
        var body = "{\"model\":\(JSONText.quoted(modelName(for: request))),\"created_at\":\"2026-01-01T00:00:00Z\""
        body += ",\"message\":{\(message)},\"done\":true,\"done_reason\":\(JSONText.quoted(finishReason))"
        switch usage {
        case .missing, .null: break
        case .counted, .given:
            let (prompt, reply) = counts(for: request)
            body += ",\"prompt_eval_count\":\(prompt),\"eval_count\":\(reply)"
        }
        return body + "}"
    }

    private var contentText: String {
        guard let content else { return "null" }
        let text = hasRawControls ? JSONText.quotedKeepingControls(content) : JSONText.quoted(content)
        return isInParts ? "[{\"type\":\"text\",\"text\":\(text)}]" : text
    }

    private func modelName(for request: RecordedRequest) -> String { model ?? request.model ?? "test-model" }

    private func counts(for request: RecordedRequest) -> (prompt: Int, reply: Int) {
        if case .given(let prompt, let reply) = usage { return (prompt, reply) }
        return (request.messageLength / 4 + 8, (content ?? "").unicodeScalars.count / 4 + 1)
    }
}
