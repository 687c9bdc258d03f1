// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// A server's answer with status 200, read into a reply or the reason why it is none.
enum ChatAnswer {
    /// - Throws: ``ReflectorError`` where the answer holds no usable text.
    static func reply(
        from body: String,
        kind: Settings.LLM.Kind,
        rung: Rung,
        sentBytes: Int,
        settings: Settings.LLM,
        address: String
    ) throws(ReflectorError) -> ReflectorReply {
        var reader = JSONReader(Array(body.utf8))
        guard let json = try? reader.value(), case .object = json else {
            let words = ServerRefusal(status: 200, body: body, headers: [:], now: .distantPast).message
            throw .unusable(
                "`\(address)` answered with no chat completion: \(words.isEmpty ? "an empty body" : "“\(words)”")"
            )
        }
        if let error = json["error"], error != .null {
            let status = error["code"]?.int ?? error["code"]?.string.flatMap { Int($0) } ?? 500
            throw ServerRefusal(status: status, body: body, headers: [:], now: .distantPast).error(address: address)
        }
        let choice = json["choices"]?.array?.first
        let message = kind == .openai ? choice?["message"] : json["message"]
        guard let message else { throw .unusable("`\(address)` answered with no message") }
        let reply = ReflectorReply(
            text: text(of: message["content"]),
            model: json["model"]?.string,
            tokensIn: (kind == .openai ? json["usage"]?["prompt_tokens"] : json["prompt_eval_count"])?.int,
            tokensOut: (kind == .openai ? json["usage"]?["completion_tokens"] : json["eval_count"])?.int,
            rung: rung.rawValue,
            finishReason: (kind == .openai ? choice?["finish_reason"] : json["done_reason"])?.string
        )
        try check(reply, message, settings, sentBytes, address)
        return reply
    }

    private static func text(of content: JSONValue?) -> String {
        switch content {
        case .string(let text): text
        case .array(let parts): parts.compactMap { $0["text"]?.string }.joined()
        default: ""
        }
    }

    private static func check(
        _ reply: ReflectorReply,
        _ message: JSONValue,
        _ settings: Settings.LLM,
        _ sentBytes: Int,
        _ address: String
    ) throws(ReflectorError) {
        if let counted = reply.tokensIn, isTruncated(counted: counted, sentBytes: sentBytes) {
            throw .contextTruncated(
                "`\(address)` counted \(counted) tokens of a prompt of \(sentBytes) bytes: it cut the prompt without saying so"
            )
        }
        if reply.finishReason == "length" {
            throw .unusable("the reply was cut off at \(settings.maxReplyTokens) tokens (`llm.maxReplyTokens`)")
        }
        guard reply.text.allSatisfy(\.isWhitespace) else { return }
        if let words = message["refusal"]?.string, !words.isEmpty {
            throw .unusable("the model refused: “\(words.onOneLine.cut(toBytes: 200))”")
        }
        let thought = ["reasoning_content", "reasoning", "thinking"].contains { !(message[$0]?.string ?? "").isEmpty }
        throw .unusable(
            thought
                ? "the model spent its whole reply on thinking; raise `llm.maxReplyTokens` or use a model without"
                : "the reply is empty"
        )
    }

    /// Whether a server cut the prompt: it reports under 70 % of the tokens that were sent at the least.
    ///
    /// At the least is 5 bytes a token: real tokenizers need 3 to 4.5 bytes of English, and fewer of anything else, so that
    /// an honest count never comes near.
    static func isTruncated(counted: Int, sentBytes: Int) -> Bool {
        counted > 0 && Double(counted) < Double(sentBytes) / 5 * 0.7
    }
}
