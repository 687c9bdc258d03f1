// SPDX-License-Identifier: Apache-2.0
import Maestro

/// A server's answer to a chat, read into a reply or the reason why it is none.
struct ChatAnswer {
    let settings: Settings.LLM
    let rung: Rung
    /// How many letters were sent, system and user text together.
    let sentLetters: Int
    /// Names the server in sentences.
    let address: String
    let scrubber: Scrubber

    /// - Throws: ``ReflectorError`` where the answer holds no usable text.
    func reply(in answer: HTTPAnswer) throws(ReflectorError) -> ReflectorReply {
        guard let json = answer.json, case .object = json else { throw noCompletion(answer) }
        let choice = json["choices"]?.array?.first
        // Gemini leaves the choices out where it will not answer a prompt, and counts its tokens all the same.
        let isCompletion = json["choices"] != nil || json["object"]?.string == "chat.completion" || json["usage"] != nil
        if settings.kind == .openai, !isCompletion { throw noCompletion(answer) }
        guard let message = settings.kind == .openai ? choice?["message"] : json["message"] else {
            throw .unusable(
                "`\(address)` answered with no message: “\(scrubber.clean(json.text, limit: 120))”",
                cost: CallCost(of: reply(in: json, choice: nil, text: ""))
            )
        }
        let reply = reply(in: json, choice: choice, text: Self.text(of: message["content"]))
        try check(reply, cached: Self.count(json["usage"]?["prompt_tokens_details"]?["cached_tokens"]) ?? 0)
        if let fault = fault(of: reply, message) { throw .unusable(fault, cost: CallCost(of: reply)) }
        return reply
    }

    private func reply(in json: JSONValue, choice: JSONValue?, text: String) -> ReflectorReply {
        let counts = counts(in: json)
        return ReflectorReply(
            text: text,
            model: json["model"]?.string,
            tokensIn: counts.prompt,
            tokensOut: counts.reply,
            rung: rung.rawValue,
            finishReason: (settings.kind == .openai ? choice?["finish_reason"] : json["done_reason"])?.string
        )
    }

    /// No model's reply can be read here.
    ///
    /// Nothing at all was lost on its way; a page, or JSON of another kind, is another service, and a person must look;
    /// anything else was most likely paid for, and would be again.
    private func noCompletion(_ answer: HTTPAnswer) -> ReflectorError {
        let words = answer.words.map { scrubber.clean($0, limit: 120) }
        let shown = words.map { $0.isEmpty ? "an empty body" : "“\($0)”" } ?? "what is no text"
        let packing =
            answer.headers["content-encoding"].map { ", compressed (`\(scrubber.clean($0, limit: 20))`)" } ?? ""
        let sentence = "`\(address)` answered with no chat completion: \(shown)\(words == nil ? packing : "")"
        if words?.isEmpty == true { return .serverFailed(sentence, status: answer.status) }
        let isOtherService = answer.json != nil || words?.hasPrefix("<") == true
        return isOtherService ? .refused(sentence, status: answer.status) : .unusable(sentence)
    }

    /// A count that can be one; nothing adds up to an overflow.
    private static func count(_ value: JSONValue?) -> Int? {
        value?.int.flatMap { (1...1_000_000_000).contains($0) ? $0 : nil }
    }

    /// What was counted; nil is unknown, and so is 0, which no prompt and no reply has.
    private func counts(in json: JSONValue) -> (prompt: Int?, reply: Int?) {
        switch settings.kind {
        case .openai:
            return (Self.count(json["usage"]?["prompt_tokens"]), Self.count(json["usage"]?["completion_tokens"]))
        case .ollama: return (Self.count(json["prompt_eval_count"]), Self.count(json["eval_count"]))
        }
    }

    private static func text(of content: JSONValue?) -> String {
        switch content {
        case .string(let text): text
        case .array(let parts): parts.compactMap { $0["text"]?.string }.joined()
        default: ""
        }
    }

    /// `cached` tokens are part of the prompt's count with most servers, and left out of it by some.
    private func check(_ reply: ReflectorReply, cached: Int) throws(ReflectorError) {
        guard let counted = reply.tokensIn,
            PromptCount.isTruncated(counted: counted + cached, letters: sentLetters)
        else { return }
        throw .contextTruncated(
            "`\(address)` counted \(counted) tokens of a prompt of \(sentLetters) letters: it cut the prompt without "
                + "saying so",
            limitTokens: counted,
            cost: CallCost(of: reply)
        )
    }

    /// What makes the text no reply; nil where it may be one.
    private func fault(of reply: ReflectorReply, _ message: JSONValue) -> String? {
        let isEmpty = reply.text.allSatisfy(\.isWhitespace)
        let thought = ["reasoning_content", "reasoning", "thinking"].contains { !(message[$0]?.string ?? "").isEmpty }
        if isEmpty, thought {
            return "the model spent its whole reply on thinking; raise `llm.maxReplyTokens`, now "
                + "\(settings.maxReplyTokens), or use a model without"
        }
        if reply.finishReason == "length" {
            return "the reply was cut off at \(settings.maxReplyTokens) tokens (`llm.maxReplyTokens`)"
        }
        if reply.finishReason == "content_filter" { return "the server's content filter stopped the reply" }
        guard isEmpty else { return nil }
        if let words = message["refusal"]?.string, !words.isEmpty {
            return "the model refused: “\(scrubber.clean(words, limit: 200))”"
        }
        return "the reply is empty"
    }
}
