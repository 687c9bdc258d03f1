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
        (#"{"status":500,"why":{"type":"busy","hints":["wait"]}}"#, "busy; wait"), (#"{"error":{"message":""}}"#, ""),
        (#"{"error":{"message":"","type":"overloaded"}}"#, "overloaded"), (#"{"status":500}"#, #"{"status":500}"#),
        ("no", "no"), ("<html><body><h1>no</h1></body></html>", "no"), ("", ""),
        ("{\"error\":\"one\\ntwo\\u001b[31m\u{202E}three\"}", "one two [31mthree"),
    ]

    @Test(arguments: shapes)
    func `is quoted from every shape, on one line`(body: String, words: String) throws {
        #expect(try Self.refusal(400, body).message == words)
    }

    @Test func `is found in a choice of a 200, too`() throws {
        let refusal = try Self.refusal(
            200,
            #"{"choices":[{"finish_reason":"error","error":{"code":502,"message":"no"}}]}"#
        )
        #expect(refusal.status == 502 && refusal.message == "no")
    }

    @Test func `shows no key, however the server writes it`() {
        #expect(
            Scrubber(key: Secret("sk-Abc-123456")).clean("your key SK-ABC-123456 is bad")
                == "your key <redacted> is bad"
        )
    }

    /// LiteLLM's three sentences, and the statuses it has given them.
    @Test(
        arguments: [400, 401, 422, 429],
        [
            "ExceededBudget: End User=ana over budget. Spend=0.06, Budget=0.05",
            "LiteLLM End User: ana, exceeded budget for model=gpt-4o",
            "Rate limit exceeded for end_user: ana. Remaining: 0",
        ]
    )
    func `is the one user's where it names an end user`(status: Int, words: String) throws {
        let error = try Self.refusal(status, #"{"error":{"message":"\#(words)","type":"budget_exceeded"}}"#).error(
            address: "h"
        )
        guard case .userRefused(_, words.contains("Rate") ? 60 : nil) = error else {
            Issue.record("\(error)")
            return
        }
    }

    /// What people of these providers report; the last two are what is said where no model is set.
    @Test(arguments: [
        "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
        "This organization has been disabled.", "API key expired. Please renew the API key.",
        "API Key not found. Please pass a valid API key.", "User location is not supported for the API use.",
        "The model `llama3-8b-8192` has been decommissioned and is no longer supported.",
        "The provided model identifier is invalid.",
        "Invocation of model ID x with on-demand throughput isn’t supported.", "API version not supported",
        "Your account is not active, please check your billing details on our website.",
        "you must provide a model parameter", "model is required",
    ])
    func `closes the endpoint where the account, the key or the model is the reason`(words: String) throws {
        for status in [400, 429] {
            let error = try Self.refusal(status, JSONValue.make([("error", .string(words))]).text).error(address: "h")
            guard case .refused = error else {
                Issue.record("\(status): \(error)")
                continue
            }
        }
    }

    @Test func `is looked up in Google's reasons, too`() throws {
        let body = #"[{"error":{"code":400,"message":"no","details":[{"reason":"API_KEY_INVALID"}]}}]"#
        guard case .refused = try Self.refusal(400, body).error(address: "h") else {
            Issue.record("the reason was not read")
            return
        }
    }

    @Test(arguments: [
        (403, "<html>blocked</html>", true), (403, "RBAC: access denied", true),
        (403, #"{"message":"Forbidden"}"#, true),
        (403, #"{"type":"about:blank","status":403,"cloudflare_error":true,"error_code":1020}"#, true),
        (403, #"{"error":{"message":"Project has no access."}}"#, false), (403, #"{"message":"not you"}"#, false),
        (401, "<html>", false),
    ])
    func `is a filter's where no model server speaks so`(status: Int, body: String, isFilter: Bool) throws {
        let answer = HTTPAnswer(status: status, headers: [:], text: body)
        #expect((try Self.refusal(status, body).blocked(address: "h", answer) != nil) == isFilter)
    }

    @Test(arguments: [503, 529])
    func `is a rest where an overloaded server says for how long`(status: Int) throws {
        let waiting = try Self.refusal(status, "busy", ["retry-after": "9"]).error(address: "h")
        guard case .rateLimited(_, 9) = waiting,
            case .serverFailed = try Self.refusal(status, "busy").error(address: "h")
        else {
            Issue.record("\(waiting)")
            return
        }
    }

    @Test(arguments: [
        ("Invalid message format", false), ("response_format is not supported", true), ("unknown field 'format'", true),
    ])
    func `is answered by a looser format only where it is about that`(words: String, stepsDown: Bool) throws {
        #expect(try Self.refusal(400, words).allowsStepDown == stepsDown)
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
        (["retry-after": "1e12"], 86_400), (["retry-after-ms": "nan"], nil), (["retry-after": "1e300"], 86_400),
        (["retry-after": "Sunday, 06-Nov-94 08:50:37 GMT"], 60), (["retry-after": "Sun Nov  6 08:50:37 1994"], 60),
        (["retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"], 86_400), (["retry-after": "NaN"], nil),
        (["retry-after": "-1e300"], 0), (["retry-after": ""], nil), (["retry-after": "Sun, 06 Nov"], nil),
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
    static let limits: [(words: String, limit: Int?, prompt: Int?)] = [
        (
            "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens "
                + "(7500 in the messages, 1500 in the completion).", 8192, 7500
        ),
        ("the request (9000 tokens) exceeds the available context size (4096 tokens), try increasing it", 4096, 9000),
        ("prompt is too long: 210000 tokens > 200000 maximum", 200_000, 210_000),
        ("input length and `max_tokens` exceed context limit: 199000 + 1500 > 200000", 200_000, nil),
        ("Prompt contains 40000 tokens, too large for model with 32768 maximum context length", 32_768, 40_000),
        ("Requested tokens (5000) exceed context window of 2048", 2048, 5000),
        (
            "The input token count (1300000) exceeds the maximum number of tokens allowed (1048576).", 1_048_576,
            1_300_000
        ),
        ("maximum context length is 131,072 tokens", 131_072, nil),
        ("maximum context length is 8192 tokens. However, you requested 9000 tokens.", 8192, 9000),
        ("maximum context length is 8192 tokens and your request has 7000 input tokens", 8192, 7000),
        ("the input length exceeds the context length", nil, nil),
        (
            "You passed 10243 input tokens and requested 1500 output tokens. However, the model's context length is only "
                + "8192 tokens, resulting in a maximum input length of 6692 tokens.", 8192, 10_243
        ),
        ("The input (9000 tokens) is longer than the model's context length (8193 tokens).", 8193, 9000),
        (
            "Trying to keep the first 13055 tokens when context the overflows. However, the model is loaded with context "
                + "length of only 4096 tokens, which is not enough.", 4096, 13_055
        ),
        (
            "The number of tokens to keep from the initial prompt is greater than the context length "
                + "(n_keep: 13055>= n_ctx: 4096).", 4096, 13_055
        ),
        ("Input is too long for requested model.", nil, nil),
        (
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4100 `inputs` tokens and "
                + "1500 `max_new_tokens`", 4096, 4100
        ),
        (
            "This model's maximum prompt length is 131072 but the request contains 136973 tokens.", 131_072, 136_973
        ),
    ]

    @Test(arguments: limits)
    func `names the limit that a prompt broke`(words: String, limit: Int?, prompt: Int?) throws {
        let body = JSONValue.make([("error", .string(words))]).text
        guard
            case .contextOverflow(let sentence, let found, let counted) = try Self.refusal(400, body).error(
                address: "host"
            )
        else {
            Issue.record("no overflow: \(words)")
            return
        }
        #expect(found == limit)
        #expect(counted == prompt)
        #expect(sentence.hasPrefix("`host` answered 400: “"))
    }

    @Test func `names what llama.cpp counted in fields of their own`() throws {
        let body = #"{"error":{"type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":8192}}"#
        guard case .contextOverflow(_, 8192, 9000) = try Self.refusal(400, body).error(address: "host") else {
            Issue.record("not read")
            return
        }
    }

    @Test func `asks for a smaller prompt where OpenAI's 429 says that this one never fits`() throws {
        let words =
            "Request too large for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Requested 41234. "
            + "The input or output tokens must be reduced in order to run successfully."
        let body = JSONValue.make([("error", .make([("message", .string(words))]))]).text
        guard case .contextOverflow(_, 30_000, 41_234) = try Self.refusal(429, body).error(address: "host") else {
            Issue.record("became \(try Self.refusal(429, body).error(address: "host"))")
            return
        }
        let rest = body.replacing("Request too large", with: "Rate limit reached")
        guard case .rateLimited = try Self.refusal(429, rest).error(address: "host") else {
            Issue.record("a prompt that fits a minute was to be cut")
            return
        }
    }

    /// What LiteLLM 1.108.7 makes of a provider's refusal: a type of its own, the status as code, the words kept.
    static let wrapped: [(status: Int, words: String, isFinal: Bool)] = [
        (
            429,
            "litellm.RateLimitError: RateLimitError: OpenAIException - You exceeded your current quota, please check "
                + "your plan and billing details. For more information on this error, read the docs: "
                + "https://platform.openai.com/docs/guides/error-codes/api-errors.", true
        ),
        (400, "litellm.BadRequestError: OpenAIException - Billing hard limit has been reached", true),
        (
            400,
            "litellm.BadRequestError: AnthropicException - {\"type\": \"error\", \"error\": {\"type\": "
                + "\"invalid_request_error\", \"message\": \"Your credit balance is too low to access the "
                + "Anthropic API.\"}}", true
        ),
        (
            429,
            "litellm.RateLimitError: RateLimitError: OpenAIException - Budget has been exceeded! EndUser=ada "
                + "Current cost: 0.01956, Max budget: 1e-05", true
        ),
        (
            429,
            "No deployments available - crossed budget: Exceeded budget for provider openai: "
                + "0.030300000000000004 >= 1e-05", true
        ),
        (
            429,
            "litellm.RateLimitError: litellm.RateLimitError: geminiException - You exceeded your current quota, "
                + "please check your plan and billing details.", false
        ),
        (429, "You exceeded your current quota, please check your plan. Please retry in 27.3s.", false),
        (429, "No deployments available for selected model, Try again in 5 seconds.", false),
    ]

    @Test(arguments: wrapped)
    func `is final where the money is spent, though a gateway kept only the words`(
        status: Int,
        words: String,
        isFinal: Bool
    ) throws {
        let error = JSONValue.make([
            ("message", .string(words)), ("type", .string("throttling_error")), ("code", .string("\(status)")),
        ])
        let refusal = try Self.refusal(status, JSONValue.make([("error", error)]).text).error(address: "host")
        switch refusal {
        case .refused(_, let found): #expect(isFinal && found == status)
        case .rateLimited: #expect(!isFinal)
        default: Issue.record("became \(refusal)")
        }
    }

    @Test(arguments: [
        ("Please retry in 27.3s.", 27.3), ("Rate limit reached. Please try again in 6m0s. Visit", 360),
        ("No deployments available for selected model, Try again in 5 seconds.", 5), ("try again in 250ms.", 0.25),
        ("Retry after 1h2m", 3720), ("please try again in 2 minutes", 120), ("please try again in a while", nil),
        ("try again in 3 days", nil), ("do not retry in the morning; try again in 7.66s", 7.66),
        ("try again in 99999999 hours", 86_400), ("retry in ...s", nil), ("", nil),
    ])
    func `says in words how long to wait, where no header does`(words: String, seconds: Double?) throws {
        for status in [429, 503] {
            let refusal = try Self.refusal(status, words)
            #expect(refusal.retryAfterSeconds == seconds)
            #expect(try Self.refusal(status, words, ["retry-after": "9"]).retryAfterSeconds == 9)
        }
        #expect(try Self.refusal(400, words).retryAfterSeconds == nil)
    }

    @Test func `is a rest where a spent quota comes with a time to come back`() throws {
        let words = "You exceeded your current quota, please check your plan and billing details."
        guard case .rateLimited(_, 7) = try Self.refusal(429, words, ["retry-after": "7"]).error(address: "host") else {
            Issue.record("the wait was not kept")
            return
        }
    }

    @Test func `is none where a completion came`() {
        let beside = ["null", "\"\"", "{}", "[]", "false", "0", #"{"message":"","code":null}"#].flatMap { error in
            [#"{"choices":[{"message":{}}],"error":\#(error)}"#, #"{"choices":[{"message":{},"error":\#(error)}]}"#]
        }
        for text in beside + ["{}", #"{"choices":[],"error":null}"#, "<html>", ""] {
            #expect(ServerRefusal(HTTPAnswer(text: text), now: Self.now) == nil)
        }
    }

    @Test(arguments: [#"{"error":{"message":""}}"#, #"{"choices":[{"message":{}}],"error":{"code":429}}"#])
    func `is one where an error says something, or nothing stands beside it`(body: String) throws {
        _ = try Self.refusal(200, body)
    }

    @Test func `is quoted only where it is made of letters`() throws {
        #expect(try Self.refusal(502, "\u{1F}\u{FFFD}\u{8}\u{0}\u{FFFD}\u{FFFD}K\u{FFFD}").message.isEmpty)
        #expect(try Self.refusal(502, "Dienst nicht verf\u{FFFD}gbar").message == "Dienst nicht verf\u{FFFD}gbar")
    }

    @Test func `is looked up in the names of its fields, too, where it has no message`() throws {
        let refusal = try Self.refusal(400, #"{"temperature":["must be 1"]}"#)
        #expect(refusal.message == "must be 1")
        #expect(refusal.adapting(.init())?.omitsTemperature == true)
    }
}
