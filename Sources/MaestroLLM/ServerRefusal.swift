// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// What a server said instead of answering, in whatever shape it says it.
///
/// A value: what follows from it is decided here.
///
/// Shapes and words as documented or measured: OpenAI, OpenRouter (code is a number), LiteLLM (code is a text), vLLM (flat),
/// llama.cpp, llama-cpp-python (`detail`), Ollama (bare text), proxies (HTML).
struct ServerRefusal: Hashable, Sendable {
    let status: Int
    /// The server's own words, on one line.
    let message: String
    /// `error.code` and `error.type`, as text.
    let code: String
    let retryAfterSeconds: Double?

    init(status: Int, body: String, headers: [String: String], now: Date) {
        self.status = status
        var reader = JSONReader(Array(body.utf8))
        let json = (try? reader.value()) ?? .null
        let error = json["error"] ?? json["detail"] ?? json
        message = Self.words(of: error, in: body)
        code = ["code", "type"].compactMap { key in error[key].flatMap { $0.string ?? $0.int.map(String.init) } }
            .joined(separator: " ")
        retryAfterSeconds = Self.retryAfter(headers, now: now)
    }

    private static let longest = 300

    private static func words(of error: JSONValue, in body: String) -> String {
        let words =
            error.string ?? error["message"]?.string ?? error["msg"]?.string ?? error.array?.first?["msg"]?.string
        let text = (words ?? withoutTags(body)).onOneLine
        return String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.map(Character.init)).cut(
            toBytes: longest
        )
    }

    private static func withoutTags(_ html: String) -> String {
        guard html.contains("<") else { return html }
        var text = ""
        var isTag = false
        for character in html.prefix(4000) {
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

    /// Seconds, an HTTP date, or milliseconds; LiteLLM passes the upstream's on under a name of its own.
    private static func retryAfter(_ headers: [String: String], now: Date) -> Double? {
        if let text = headers["retry-after-ms"], let milliseconds = Double(text) { return max(0, milliseconds / 1000) }
        guard let text = headers["retry-after"] ?? headers["llm_provider-retry-after"] else { return nil }
        if let seconds = Double(text), seconds.isFinite { return max(0, seconds) }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { max(0, $0.timeIntervalSince(now)) }
    }

    // MARK: - What follows

    private var folded: String { (message + " " + code).lowercased() }
    private func says(_ words: String...) -> Bool { words.contains { folded.contains($0) } }

    /// Whether the prompt was too long for the model.
    var isOverflow: Bool {
        status != 401 && status != 429
            && says(
                "context_length_exceeded",
                "exceed_context_size",
                "maximum context length",
                "prompt is too long",
                "contextwindowexceeded",
                "context window",
                "context size",
                "num_ctx",
                "exceeds the available context"
            )
    }

    /// Whether a person must change something: the key, the money, the model.
    private var isPermanent: Bool {
        if [401, 402, 403, 404].contains(status) { return true }
        if says("insufficient_quota", "budget_exceeded", "exceeded budget", "no_db_connection", "no connected db") {
            return true
        }
        let names = says("invalid api key", "incorrect api key", "model_not_found", "invalid model", "unknown model")
        return names
            || says("model")
                && says("not found", "does not exist", "not exist", "no such", "not supported on this server")
    }

    /// A parameter that this server wants otherwise: worth the same call in another dialect.
    func adapting(_ dialect: ChatRequest.Dialect) -> ChatRequest.Dialect? {
        guard status == 400 || status == 422 else { return nil }
        var next = dialect
        if says("max_completion_tokens") { next.namesCompletionTokens = true }
        if says("temperature") { next.omitsTemperature = true }
        if says("does not support thinking", "think value", "\"think\"") { next.omitsThink = true }
        return next == dialect ? nil : next
    }

    /// Whether the server may take the same call with a looser output format.
    var allowsStepDown: Bool {
        guard !isOverflow, !isPermanent else { return false }
        if status == 400 || status == 422 { return true }
        return status >= 500 && says("response_format", "json_schema", "json_object")
    }

    /// The error that it is when nothing else is tried.
    ///
    /// `address` names the server in sentences.
    func error(address: String) -> ReflectorError {
        let said = message.isEmpty ? "without a word" : "“\(message)”"
        let sentence = "`\(address)` answered \(status): \(said)"
        if isOverflow { return .contextOverflow(sentence, limitTokens: limitTokens) }
        if isPermanent { return .refused(sentence, status: status) }
        return switch status {
        case 429: .rateLimited(sentence, retryAfterSeconds: retryAfterSeconds)
        case 408, 409, 500...: .serverFailed(sentence, status: status)
        case 300..<400: .refused(sentence + "; redirects are not followed, since the key would travel", status: status)
        default: .refused(sentence, status: status)
        }
    }

    /// The limit that an overflow names: the smallest number of tokens in its words that could be one.
    private var limitTokens: Int? {
        let numbers = message.split { !$0.isNumber }.compactMap { Int($0) }.filter { (256...10_000_000).contains($0) }
        return numbers.min()
    }
}
