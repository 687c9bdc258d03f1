// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@testable import MaestroLLM

@Suite struct `A server's refusal` {
    private static let now = Date(timeIntervalSince1970: 784_111_777)

    private static func refusal(
        _ status: Int,
        _ text: String,
        _ headers: [String: String] = [:]
    ) throws -> ServerRefusal {
        try #require(ServerRefusal(HTTPAnswer(status: status, headers: headers, text: text), now: now))
    }

    static let shapes: [(body: String, words: String)] = [
        (#"{"error":{"message":"no","type":"t","code":"c"}}"#, "no"), (#"{"error":{"message":"no","code":400}}"#, "no"),
        (#"{"error":"no"}"#, "no"), (#"{"detail":"no"}"#, "no"), (#"{"detail":[{"loc":["body"],"msg":"no"}]}"#, "no"),
        (#"{"object":"error","message":"no","code":400}"#, "no"), (#"{"message":"no"}"#, "no"),
        (#"{"type":"error","error":{"type":"t","message":"no"}}"#, "no"), (#"[{"error":{"message":"no"}}]"#, "no"),
        (#"{"error":{"message":"Provider returned error","metadata":{"raw":"no"}}}"#, "Provider returned error: no"),
        ("no", "no"), ("<html><body><h1>no</h1></body></html>", "no"), ("", ""),
        ("{\"error\":\"one\\ntwo\\u001b[31m\u{202E}three\"}", "one two [31mthree"),
    ]

    @Test(arguments: shapes)
    func `is quoted from every shape, on one line`(body: String, words: String) throws {
        #expect(try Self.refusal(400, body).message == words)
    }

    @Test func `is short and keeps its meaning when it is long`() throws {
        let refusal = try Self.refusal(500, String(repeating: "word ", count: 200) + "response_format")
        #expect(refusal.message.utf8.count <= 300)
        #expect(refusal.allowsStepDown)
    }

    static let waits: [(headers: [String: String], seconds: Double?)] = [
        ([:], nil), (["retry-after": "7"], 7), (["retry-after": "1.5"], 1.5), (["retry-after-ms": "250"], 0.25),
        (["retry-after": "Sun, 06 Nov 1994 08:50:37 GMT"], 60), (["retry-after": "Sun, 06 Nov 1994 08:00:00 GMT"], 0),
        (["llm_provider-retry-after": "9"], 9), (["retry-after": "3", "llm_provider-retry-after": "9"], 3),
        (["retry-after": "soon"], nil), (["retry-after": "-1"], 0), (["retry-after": "inf"], nil),
        (["retry-after": "1e12"], 86_400), (["retry-after-ms": "nan"], nil),
    ]

    @Test(arguments: waits)
    func `says when to come back`(headers: [String: String], seconds: Double?) throws {
        let error = try Self.refusal(429, "{}", headers).error(address: "host")
        guard case .rateLimited(_, let found) = error else {
            Issue.record("became \(error)")
            return
        }
        #expect(found == seconds)
    }

    /// The sentences of servers, and the limit in them: never the numbers of what was asked for.
    static let limits: [(words: String, limit: Int?)] = [
        (
            "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens "
                + "(1500 in the completion).", 8192
        ), ("the request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it", 4096),
        ("prompt is too long: 210000 tokens > 200000 maximum", 200_000),
        ("Prompt contains 40000 tokens, too large for model with 32768 maximum context length", 32_768),
        ("Requested tokens (5000) exceed context window of 2048", 2048),
        ("The input token count (1300000) exceeds the maximum number of tokens allowed (1048576).", 1_048_576),
        ("maximum context length is 131,072 tokens", 131_072), ("the input length exceeds the context length", nil),
    ]

    @Test(arguments: limits)
    func `names the limit that a prompt broke`(words: String, limit: Int?) throws {
        let body = JSONValue.make([("error", .string(words))]).text
        guard case .contextOverflow(let sentence, let found, _) = try Self.refusal(400, body).error(address: "host")
        else {
            Issue.record("no overflow: \(words)")
            return
        }
        #expect(found == limit)
        #expect(sentence.hasPrefix("`host` answered 400: “"))
    }

    @Test func `is none where a completion came`() {
        for text in ["{}", #"{"choices":[],"error":null}"#, "<html>", ""] {
            #expect(ServerRefusal(HTTPAnswer(text: text), now: Self.now) == nil)
        }
    }
}
