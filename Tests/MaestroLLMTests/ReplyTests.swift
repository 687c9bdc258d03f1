// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import Testing

@testable import MaestroLLM

@Suite struct `A reply` {
    private static func reply(
        _ behaviour: Behaviour,
        kind: Settings.LLM.Kind = .openai,
        key: String? = nil
    ) async throws -> ReflectorReply {
        try await Asking.with(Script([behaviour]), kind: kind, key: key) { reflector, _ in
            try await reflector.reflect(Asking.prompt())
        }
    }

    @Test(arguments: Settings.LLM.Kind.allCases)
    func `has the text, the model that answered, and what was counted`(kind: Settings.LLM.Kind) async throws {
        let behaviour = Behaviour.reply(Asking.reply) { completion in
            completion.model = "m-1-2026"
            completion.usage = .given(prompt: 1300, reply: 42)
            completion.reasoning = "thought about it"
        }
        let reply = try await Self.reply(behaviour, kind: kind)
        #expect(reply.text == Asking.reply)
        #expect(reply.model == "m-1-2026")
        #expect(reply.tokensIn == 1300)
        #expect(reply.tokensOut == 42)
        #expect(reply.finishReason == "stop")
    }

    @Test(arguments: [Completion.Usage.missing, .null, .given(prompt: 0, reply: 0)], Settings.LLM.Kind.allCases)
    func `has unknown tokens, never zero, where nothing was counted`(
        usage: Completion.Usage,
        kind: Settings.LLM.Kind
    ) async throws {
        let reply = try await Self.reply(.reply(Asking.reply) { $0.usage = usage }, kind: kind)
        #expect(reply.tokensIn == nil)
        #expect(reply.tokensOut == nil)
    }

    @Test func `may come in parts, and with raw control characters`() async throws {
        #expect(try await Self.reply(.named(.contentParts, reply: Asking.reply)).text == Asking.reply)
        let raw = try await Self.reply(.named(.controlCharacters, reply: #"{"reasoning":"one\ntwo"}"#))
        #expect(raw.text == "{\"reasoning\":\"one\ntwo\"}")
    }

    @Test func `may come packed, or in events that were not asked for`() async throws {
        #expect(try await Self.reply(.named(.gzip, reply: Asking.reply)).text == Asking.reply)
        let streamed = try await Self.reply(.named(.stream, reply: Asking.reply))
        #expect(streamed.text == Asking.reply)
        #expect(streamed.model == "m-1" && streamed.finishReason == "stop")
        #expect(streamed.tokensIn == 1300 && streamed.tokensOut == 42)
    }

    @Test func `is none where the events broke off before the end`() async throws {
        let error = try await Asking.error(Script([.stream(of: Asking.reply, isDone: false)]))
        guard case .unusable = error else {
            Issue.record("became \(String(describing: error))")
            return
        }
    }

    /// Bodies of events, and the content and the reason that they add up to; nil is no completion.
    static let streams: [(body: String, content: String?, reason: String?)] = [
        (#"data: {"choices":[{"delta":{"content":"a"}}]}"# + "\n\ndata: [DONE]", "a", nil),
        (#"data:{"choices":[{"delta":{"content":"a"},"finish_reason":"length"}]}"#, "a", "length"),
        (
            "event: x\r\nid: 1\r\n" + #"data: {"choices":[{"message":{"content":"a\#u{2028}b"}}]}"#
                + "\r\ndata: [DONE]\r\n", "a\u{2028}b", nil
        ),
        (#"data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}"# + "\ndata: {torn", nil, nil),
        (#"data: {"choices":[{"delta":{"content":"a"}}]}"#, nil, nil), ("data: [DONE]", nil, nil),
        ("data of yesterday", nil, nil),
    ]

    @Test(arguments: streams)
    func `is put together from events only where none is missing`(body: String, content: String?, reason: String?) {
        let choice = HTTPAnswer(text: body).json?["choices"]?.array?.first
        #expect(choice?["message"]?["content"]?.string == content)
        #expect(choice?["finish_reason"]?.string == reason)
    }

    @Test func `is left as it is where the key is a word of it`() async throws {
        let text = #"{"reasoning":"Use ollama for local models"}"#
        let reply = try await Self.reply(.reply(text) { $0.model = "ollama/llama3" }, key: "ollama")
        #expect(reply.text == text)
        #expect(reply.model == "ollama/llama3")
    }

    @Test func `of Ollama that spent everything on thinking says so`() async throws {
        let error = try await Asking.error(Script([.named(.thinkingOnly)]), kind: .ollama)
        guard case .unusable(let sentence, _) = error else {
            Issue.record("became \(String(describing: error))")
            return
        }
        #expect(sentence.contains("thinking"))
    }

    @Test func `cut off while thinking says that thinking is the trouble`() async throws {
        let behaviour = Behaviour.reply("") { completion in
            completion.reasoning = "Let me think"
            completion.finishReason = "length"
        }
        let error = try await Asking.error(Script([behaviour]))
        #expect(error?.sentence.contains("spent its whole reply on thinking") == true)
    }

    /// Letters sent, tokens counted, and whether the prompt must have been cut.
    static let counts: [(letters: Int, counted: Int, isTruncated: Bool)] = [
        (40_000, 10_000, false), (40_000, 8_000, false), (40_000, 5_600, false), (40_000, 5_599, true),
        (24_000, 4_096, true), (24_000, 4_097, false), (20_480, 4_096, false), (40_000, 4_096, true),
        (40_000, 0, false), (100, 10, true), (100, 25, false),
    ]

    @Test(arguments: counts)
    func `to a prompt that was cut is told by its count`(letters: Int, counted: Int, isTruncated: Bool) {
        #expect(PromptCount.isTruncated(counted: counted, letters: letters) == isTruncated)
    }
}
