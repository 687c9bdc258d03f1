// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// What a server said instead of answering, in whatever shape it says it.
///
/// A value: what follows from it is decided here.
///
/// Shapes and words as documented or measured: OpenAI, OpenRouter (code is a number), LiteLLM (code is a text), vLLM (flat),
/// llama.cpp, llama-cpp-python (`detail`), Ollama (bare text), Gemini (in a list), proxies (HTML).
struct ServerRefusal: Hashable, Sendable {
    /// The HTTP status, or the one that an error inside a 200 names.
    let status: Int
    /// The server's own words, fit to be shown.
    let message: String
    let retryAfterSeconds: Double?
    /// All its words with `code`, `type` and `param`, in lower case: what is looked up.
    private let folded: String
    /// The context size, where it is given as a field (llama.cpp).
    private let contextSize: Int?
    /// The prompt's tokens, where they are given as a field (llama.cpp).
    private let promptTokens: Int?

    /// Nil where the answer is no refusal: a success without an error inside.
    ///
    /// OpenRouter answers 200 with an `error` in the body, or in the choice, once generation has begun.
    init?(_ answer: HTTPAnswer, scrubber: Scrubber = Scrubber(), now: Date) {
        var json = answer.json ?? .null
        if let first = json.array?.first { json = first }
        let inside = Self.error(in: json)
        if answer.isSuccess, inside == nil { return nil }
        let error = inside ?? json["detail"] ?? json
        let words = Self.words(of: error) ?? Self.withoutTags(answer.words ?? "")
        let fields =
            ["code", "type", "param"].compactMap { key in error[key].map { $0.string ?? $0.text } }
            + [error.array?.first?["loc"]?.text].compactMap(\.self)
            + (error["details"]?.array ?? []).compactMap { $0["reason"]?.string }
        status = answer.isSuccess ? Self.statusInside(error, fields) : answer.status
        message = scrubber.clean(words)
        folded = ([String(words.prefix(4096))] + fields).joined(separator: " ").lowercased()
        retryAfterSeconds =
            Self.retryAfter(answer.headers, now: now)
            ?? ([429, 503, 529].contains(status) ? Self.bounded(WaitInWords.seconds(in: folded)) : nil)
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

    /// The status that an error inside a 200 stands for.
    private static func statusInside(_ error: JSONValue, _ fields: [String]) -> Int {
        let named = error["code"].flatMap { $0.int ?? $0.string.flatMap { Int($0) } }
        if let named, (400...599).contains(named) { return named }
        if fields.contains(where: { $0.contains("rate_limit") }) { return 429 }
        return fields.contains { $0.contains("invalid_request") } ? 400 : 500
    }

    /// Its message, else all the texts in it.
    private static func words(of error: JSONValue) -> String? {
        let message =
            error.string ?? error["message"]?.string ?? error["msg"]?.string ?? error.array?.first?["msg"]?.string
        guard let message, !message.isEmpty else {
            let texts = texts(in: error)
            return texts.isEmpty ? message : texts.prefix(8).joined(separator: "; ")
        }
        // OpenRouter's own message says only "Provider returned error".
        return error["metadata"]?["raw"]?.string.map { "\(message): \($0)" } ?? message
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

    private static func bounded(_ seconds: Double?) -> Double? {
        seconds.flatMap { $0.isFinite ? min(max(0, $0), 86_400) : nil }
    }

    /// Seconds, an HTTP date, or milliseconds; LiteLLM passes the upstream's on under a name of its own.
    ///
    /// Never believed beyond a day.
    static func retryAfter(_ headers: [String: String], now: Date) -> Double? {
        if let text = headers["retry-after-ms"], let milliseconds = Double(text) { return bounded(milliseconds / 1000) }
        guard let text = headers["retry-after"] ?? headers["llm_provider-retry-after"] else { return nil }
        if let seconds = Double(text) { return bounded(seconds) }
        // The three forms of RFC 9110: its own, RFC 850's and asctime's, which names no zone and means GMT.
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        for form in ["EEE, dd MMM yyyy HH:mm:ss zzz", "EEEE, dd-MMM-yy HH:mm:ss zzz", "EEE MMM d HH:mm:ss yyyy"] {
            format.dateFormat = form
            let words = text.split(separator: " ").joined(separator: " ")
            if let date = format.date(from: words) { return bounded(date.timeIntervalSince(now)) }
        }
        return nil
    }

    /// How soon a server that loads its model is asked again.
    private static let loadingSeconds = 10.0

    // MARK: - What follows

    private func says(_ words: String...) -> Bool { words.contains { folded.contains($0) } }

    /// Whether the prompt was too long for the model.
    var isOverflow: Bool {
        if status == 413 { return true }
        // OpenAI: one prompt that alone is over the tokens of a minute. No rest makes it fit.
        if status == 429 { return says("request too large") && says("limit") && says("requested") }
        return status != 401
            && says(
                "context_length_exceeded",
                "exceed_context_size",
                "maximum context length",
                "prompt is too long",
                "contextwindowexceeded",
                "context window",
                "context size",
                "num_ctx",
                "exceeds the context length",
                "exceeds the maximum number of tokens",
                "exceed context limit",
                "context length is only",
                "context length of only",
                "than the model's context length",
                "than the context length",
                "maximum prompt length is",
                "input is too long",
                "`inputs` tokens + `max_new_tokens`"
            )
    }

    /// Whether a person must change something: the key, the money, the model.
    private var isPermanent: Bool {
        if [401, 402, 404, 405, 407, 410].contains(status) || status == 403 && !isFiltered { return true }
        if says(
            "insufficient_quota",
            "budget_exceeded",
            "exceeded budget",
            "billing_hard_limit",
            "no_db_connection",
            "no connected db",
            "key_model_access_denied",
            // The same in words: a gateway in front keeps a provider's words and drops its code and type.
            "budget has been exceeded",
            "exceededbudget",
            "billing hard limit",
            "credit balance is too low",
            "billing_not_active",
            "account is not active",
            "organization has been disabled",
            "specified api usage limits",
            "api_key_invalid",
            "api key expired",
            "api key not found",
            "location is not supported",
            "decommissioned",
            "model identifier is invalid",
            "on-demand throughput isn",
            "api version not supported",
            "must provide a model",
            "model is required",
            "failed to load model",
            "model has crashed"
        ) {
            return true
        }
        // Gemini says this of a minute's limit, too, and most often when to come back.
        if says("exceeded your current quota"), retryAfterSeconds == nil, !says("gemini") { return true }
        let names = says(
            "invalid api key",
            "incorrect api key",
            "invalid_api_key",
            "api key not valid",
            "model_not_found",
            "invalid model",
            "unknown model"
        )
        return names
            || status < 500 && status != 429 && says("model")
                && says("not found", "does not exist", "not exist", "no such", "llm provider not provided")
    }

    /// Whether it is about the one end user that the call names, and no other.
    ///
    /// LiteLLM: “ExceededBudget: End User=…”, “LiteLLM End User: …, exceeded budget for model=…”, “Rate limit exceeded for
    /// end_user: …”, with 400, 401, 422 or 429.
    private var isOfOneUser: Bool { says("end user=", "end user:", "end_user:") && says("budget", "rate limit") }

    /// Whether a content filter took offence at the words of this one prompt.
    private var isFiltered: Bool {
        [400, 403, 422].contains(status)
            && says("content_filter", "content management policy", "content_policy", "flagged", "moderation")
    }

    /// Whether the cause is known, so that asking in another way cannot help.
    private var isUnderstood: Bool { isOverflow || isOfOneUser || isPermanent || isFiltered }

    /// A parameter that this server wants otherwise: worth the same call in another dialect.
    func adapting(_ dialect: ChatRequest.Dialect) -> ChatRequest.Dialect? {
        guard status == 400 || status == 422, !isUnderstood else { return nil }
        var next = dialect
        if says("max_completion_tokens") { next.namesCompletionTokens = true }
        if says("temperature") { next.omitsTemperature = true }
        if says("does not support thinking", "think value", "\"think\"") { next.omitsThink = true }
        return next == dialect ? nil : next
    }

    /// Whether the server may take the same call with a looser output format.
    ///
    /// Only where its words are about that: anything else would be refused on every rung, and cost a call each time.
    var allowsStepDown: Bool {
        guard !isUnderstood else { return false }
        if status == 400 || status == 422 {
            return says(
                "response_format",
                "response format",
                "output format",
                "\"format\"",
                "'format'",
                "schema",
                "grammar",
                "json_object",
                "structured output",
                "structured_output",
                "guided"
            )
        }
        return status >= 500 && says("response_format", "json_schema", "json_object")
    }

    /// The error where the call had no key and the server gives no reason.
    func lacksKey(address: String) -> ReflectorError {
        .refused(
            "`\(address)` answered \(status): “\(message)”; no API key was sent, and some gateways answer so then",
            status: status
        )
    }

    /// The error where a filter in front of the server stands in the way of this call, so that a server that has answered
    /// others is not closed to them.
    ///
    /// Such a page is most often the fault of the job's text, in which an attack seems to stand; nil where it is no page.
    ///
    /// A page; Cloudflare's own error as JSON (RFC 9457), which it gives to who asks for JSON; AWS's `{"message":"Forbidden"}`.
    func blocked(address: String, _ answer: HTTPAnswer) -> ReflectorError? {
        guard status == 403 else { return nil }
        if let json = answer.json, json["cloudflare_error"] == nil {
            guard json["error"] == nil, json["message"]?.string == "Forbidden" else { return nil }
        }
        return .blocked("a filter in front of `\(address)` answered 403: “\(message)”", status: status)
    }

    /// The error that it is when nothing else is tried.
    ///
    /// `address` names the server in sentences. A request that a server calls bad for a reason unknown to us is that job's
    /// own failure: it must not close the endpoint to the others.
    func error(address: String) -> ReflectorError {
        let said = message.isEmpty ? "without a word" : "“\(message)”"
        let sentence = "`\(address)` answered \(status): \(said)"
        if isOverflow {
            return .contextOverflow(
                sentence,
                limitTokens: contextSize ?? ContextLimit.named(in: folded),
                promptTokens: promptTokens ?? ContextLimit.promptCount(in: folded)
            )
        }
        if isOfOneUser {
            // Its limits are of a minute; its budgets, of days.
            return .userRefused(sentence, retryAfterSeconds: retryAfterSeconds ?? (says("rate limit") ? 60 : nil))
        }
        if isPermanent { return .refused(sentence, status: status) }
        if isFiltered { return .filtered("a content filter stopped the prompt: " + sentence, status: status) }
        // llama.cpp's and TGI's words; it may take minutes, and no job is to blame.
        if status == 503, says("loading model", "model is loading", "currently loading") {
            return .rateLimited(sentence, retryAfterSeconds: retryAfterSeconds ?? Self.loadingSeconds)
        }
        return switch status {
        case 429: .rateLimited(sentence, retryAfterSeconds: retryAfterSeconds)
        // Where it says for how long, it is a rest like any other.
        case 408, 409, 425, 500...:
            retryAfterSeconds.map { .rateLimited(sentence, retryAfterSeconds: $0) }
                ?? .serverFailed(sentence, status: status)
        case 400..<500: .rejected(sentence, status: status)
        case 300..<400: .refused(sentence + "; redirects are not followed, since the key would travel", status: status)
        default: .refused(sentence, status: status)
        }
    }
}
