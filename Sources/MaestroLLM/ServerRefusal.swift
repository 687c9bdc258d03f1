// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// What a server said instead of answering, in whatever shape it says it.
///
/// A value: what follows from it is decided here.
struct ServerRefusal: Hashable, Sendable {
    /// The HTTP status, or the one that an error inside a 200 names.
    let status: Int
    /// The server's own words, fit to be shown.
    let message: String
    let retryAfterSeconds: Double?
    private let body: RefusalBody
    private let cause: RefusalCause

    /// Nil where the answer is no refusal: a success without an error inside.
    init?(_ answer: HTTPAnswer, scrubber: Scrubber = Scrubber(), now: Date) {
        guard let body = RefusalBody(answer) else { return nil }
        self.body = body
        status = answer.isSuccess ? body.statusInside : answer.status
        message = scrubber.clean(body.words)
        let namesWait = [429, 503, 529].contains(status)
        retryAfterSeconds =
            RetryAfter.seconds(in: answer.headers, now: now)
            ?? (namesWait ? RetryAfter.bounded(WaitInWords.seconds(in: body.folded)) : nil)
        cause = RefusalCause(status: status, folded: body.folded, isRest: retryAfterSeconds != nil)
    }

    private func says(_ phrases: [String]) -> Bool { RefusalPhrases.any(of: phrases, in: body.folded) }

    /// A parameter that this server wants otherwise: worth the same call in another dialect.
    func adapting(_ dialect: ChatRequest.Dialect) -> ChatRequest.Dialect? {
        guard status == 400 || status == 422, cause == .unknown else { return nil }
        var next = dialect
        if says(RefusalPhrases.completionTokens) { next.namesCompletionTokens = true }
        if says(RefusalPhrases.temperature) { next.omitsTemperature = true }
        if says(RefusalPhrases.thinking) { next.omitsThink = true }
        return next == dialect ? nil : next
    }

    /// Whether the server may take the same call with a looser output format.
    ///
    /// Only where its words are about that: anything else would be refused on every rung, and cost a call each time.
    var allowsStepDown: Bool {
        guard cause == .unknown else { return false }
        if status == 400 || status == 422 { return says(RefusalPhrases.format) }
        return status >= 500 && says(RefusalPhrases.formatFailure)
    }

    /// The error where the call had no key and the server gives no reason.
    func lacksKey(address: String) -> ReflectorError {
        .refused(
            "`\(address)` answered \(status): “\(message)”; no API key was sent, and some gateways answer so then",
            status: status
        )
    }

    /// A 403 from a filter (WAF) in front of the server: an HTML page, Cloudflare's RFC 9457 JSON, or AWS's
    /// `{"message":"Forbidden"}`; nil for any other answer.
    ///
    /// It is most often the fault of the job's text, in which an attack seems to stand: a server that has answered others is
    /// not closed to them.
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
        return switch cause {
        case .overflow:
            .contextOverflow(
                sentence,
                limitTokens: body.contextSize ?? ContextLimit.named(in: body.folded),
                promptTokens: body.promptTokens ?? ContextLimit.promptCount(in: body.folded)
            )
        case .oneUser:
            // Its limits are of a minute; its budgets, of days.
            .userRefused(sentence, retryAfterSeconds: retryAfterSeconds ?? (says(["rate limit"]) ? 60 : nil))
        case .permanent: .refused(sentence, status: status)
        case .contentFilter: .filtered("a content filter stopped the prompt: " + sentence, status: status)
        case .loading: .rateLimited(sentence, retryAfterSeconds: retryAfterSeconds ?? RetryAfter.loadingSeconds)
        case .unknown: error(sentence)
        }
    }

    /// What the status alone says.
    private func error(_ sentence: String) -> ReflectorError {
        switch status {
        case 429: .rateLimited(sentence, retryAfterSeconds: retryAfterSeconds)
        // Overloaded: where it says for how long, it is a rest like any other. The others below it may be what one prompt did to
        // the server, and must count against it, whatever a gateway in between adds to them.
        case 503, 529:
            retryAfterSeconds.map { .rateLimited(sentence, retryAfterSeconds: $0) }
                ?? .serverFailed(sentence, status: status)
        case 408, 409, 425, 500...: .serverFailed(sentence, status: status)
        case 400..<500: .rejected(sentence, status: status)
        case 300..<400: .refused(sentence + "; redirects are not followed, since the key would travel", status: status)
        default: .refused(sentence, status: status)
        }
    }
}
