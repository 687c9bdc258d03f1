// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What the body of a refusal holds, in whatever shape.
///
/// Shapes as documented or measured: OpenAI, OpenRouter (code is a number), LiteLLM (code is a text), vLLM (flat), llama.cpp,
/// llama-cpp-python (`detail`), Ollama (bare text), Gemini (in a list), proxies (HTML).
struct RefusalBody: Hashable, Sendable {
    /// The server's own words, as it sent them.
    let words: String
    /// All its words with `code`, `type` and `param`, in lower case: what is looked up.
    let folded: String
    /// The status that an error inside a 200 stands for.
    let statusInside: Int
    /// The context size, where it is given as a field (llama.cpp).
    let contextSize: Int?
    /// The prompt's tokens, where they are given as a field (llama.cpp).
    let promptTokens: Int?

    /// Nil where the answer is no refusal: a success without an error inside.
    ///
    /// OpenRouter answers 200 with an `error` in the body, or in the choice, once generation has begun.
    init?(_ answer: HTTPAnswer) {
        var json = answer.json ?? .null
        if let first = json.array?.first { json = first }
        let inside = Self.error(in: json)
        if answer.isSuccess, inside == nil { return nil }
        let error = inside ?? json["detail"] ?? json
        let fields = Self.fields(of: error)
        let message = Self.message(of: error) ?? Self.withoutTags(answer.words ?? "")
        words = Self.texts(instead: message, of: error) ?? message
        folded = ([String(message.prefix(4096))] + fields).joined(separator: " ").lowercased()
        statusInside = Self.statusInside(error, fields)
        func count(_ key: String) -> Int? {
            error[key]?.int.flatMap { ContextLimit.plausible.contains($0) ? $0 : nil }
        }
        contextSize = count("n_ctx")
        promptTokens = count("n_prompt_tokens")
    }

    /// The error of a body; one that says nothing counts only where there is no message beside it.
    private static func error(in json: JSONValue) -> JSONValue? {
        let choice = json["choices"]?.array?.first
        let errors = [json["error"], choice?["error"]].compactMap { $0 }.filter { $0 != .null }
        if let error = errors.first(where: { !$0.saysNothing }) { return error }
        if case .object? = choice?["message"] ?? json["message"] { return nil }
        return errors.first
    }

    private static func fields(of error: JSONValue) -> [String] {
        ["code", "type", "param"].compactMap { key in error[key].map { $0.string ?? $0.text } }
            + [error.array?.first?["loc"]?.text].compactMap(\.self)
            + (error["details"]?.array ?? []).compactMap { $0["reason"]?.string }
    }

    private static func statusInside(_ error: JSONValue, _ fields: [String]) -> Int {
        let named = error["code"].flatMap { $0.int ?? $0.string.flatMap { Int($0) } }
        if let named, (400...599).contains(named) { return named }
        if fields.contains(where: { $0.contains("rate_limit") }) { return 429 }
        return fields.contains { $0.contains("invalid_request") } ? 400 : 500
    }

    private static func message(of error: JSONValue) -> String? {
        let words =
            error.string ?? error["message"]?.string ?? error["msg"]?.string ?? error.array?.first?["msg"]?.string
        // OpenRouter's own message says only "Provider returned error".
        guard let words, let raw = error["metadata"]?["raw"]?.string else { return words }
        return "\(words): \(raw)"
    }

    /// All the texts of an error that has no message of its own; nil where it has, or there are none.
    private static func texts(instead message: String, of error: JSONValue) -> String? {
        guard message.isEmpty || Self.message(of: error) == nil else { return nil }
        let texts = texts(in: error)
        return texts.isEmpty ? nil : texts.prefix(8).joined(separator: "; ")
    }

    private static func texts(in json: JSONValue) -> [String] {
        switch json {
        case .string(let text): text.isEmpty ? [] : [text]
        case .array(let items): items.flatMap(texts)
        case .object(let members): members.flatMap { texts(in: $0.value) }
        default: []
        }
    }

    private static func withoutTags(_ html: String) -> String {
        guard html.contains("<") else { return String(html.prefix(4096)) }
        var text = ""
        var isTag = false
        for character in html.prefix(4096) {
            switch character {
            case "<": isTag = true
            case ">":
                isTag = false
                text += " "
            default: if !isTag { text.append(character) }
            }
        }
        return text
    }
}
