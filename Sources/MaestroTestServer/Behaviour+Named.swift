// SPDX-License-Identifier: Apache-2.0
import Foundation

extension Behaviour {
    /// The faults that can be asked for by name, in the words and shapes of real servers.
    ///
    /// Sources: the servers' documentation, and LiteLLM 1.106, llama-cpp-python 0.3.36 and Ollama as measured.
    package enum Name: String, Sendable, CaseIterable {
        // A reply, but …
        case lengthCut = "length"
        case thinkingOnly = "thinking-only"
        case refusal
        case emptyContent = "empty-content"
        case contentParts = "content-parts"
        case controlCharacters = "control-characters"
        case byteOrderMark = "byte-order-mark"
        case noUsage = "no-usage"
        case zeroUsage = "zero-usage"
        case nullUsage = "null-usage"
        case truncated
        case gzip
        case stream
        case emptyError = "empty-error"
        // No reply
        case empty, html, huge
        case gzipBomb = "gzip-bomb"
        case binary
        case words
        case notJSON = "not-json"
        case notACompletion = "not-a-completion"
        case errorInside = "error-in-200"
        case rateLimitInside = "rate-limit-in-200"
        case errorInStream = "error-in-stream"
        // Refusals
        case unauthorized, payment, forbidden, detail, redirect
        case noDatabase = "no-db"
        case quota
        case budget
        case userBudget = "user-budget-litellm"
        case userRateLimit = "user-rate-limit-litellm"
        case filterPage = "filter-page"
        case unknownModel = "unknown-model"
        case unknownModelLiteLLM = "unknown-model-litellm"
        case unknownModelOllama = "unknown-model-ollama"
        case contentFilter = "content-filter"
        case maxTokensParameter = "max-tokens-parameter"
        case temperatureParameter = "temperature-parameter"
        case badRequest = "bad-request"
        // Later
        case rateLimited = "rate-limited"
        case rateLimitedLiteLLM = "rate-limited-litellm"
        case rateLimitedOwnLiteLLM = "rate-limited-litellm-own"
        case retryAfterDate = "retry-after-date"
        case retryAfterPast = "retry-after-past"
        case retryAfterAbsurd = "retry-after-absurd"
        case serverError = "server-error"
        case serverErrorText = "server-error-text"
        case badGateway = "bad-gateway"
        case unavailable, overloaded, conflict
        case tooEarly = "too-early"
        case badGatewayWait = "bad-gateway-retry-after"
        case hugeUnavailable = "unavailable-huge"
        // Too long
        case overflowOpenAI = "overflow-openai"
        case overflowLlamaCpp = "overflow-llama.cpp"
        case overflowLlamaCppPython = "overflow-llama-cpp-python"
        case overflowLiteLLM = "overflow-litellm"
        case overflowVLLM = "overflow-vllm"
        case overflowAnthropic = "overflow-anthropic"
        case overflowOllama = "overflow-ollama"
        case overflowRateLimit = "overflow-openai-429"
        // Broken transport
        case hang, close, slow
        case hangAfterHeaders = "hang-after-headers"
        case closeMidBody = "close-mid-body"
        case resetMidBody = "reset-mid-body"
        case hangMidBody = "hang-mid-body"
        case byteASecond = "byte-a-second"
        case chunkedCut = "chunked-cut"
    }

    /// The behaviour of this name; `reply` is the content where there is one.
    package static func named(_ name: Name, reply: String = "{}") -> Behaviour {
        flawedReply(name, reply) ?? noReply(name) ?? refusal(name) ?? later(name) ?? retryAfter(name)
            ?? overflow(name) ?? broken(name, reply)
    }

    private static func flawedReply(_ name: Name, _ reply: String) -> Behaviour? {
        switch name {
        case .lengthCut:
            .reply(String(reply.prefix(reply.count / 2))) { $0.finishReason = "length" }
        case .thinkingOnly:
            .reply("") { completion in
                completion.content = nil
                completion.reasoning = "Let me think about what this job teaches."
            }
        case .refusal:
            .reply("") { completion in
                completion.content = nil
                completion.refusal = "I'm sorry, I can't help with that."
            }
        case .emptyContent: .reply("")
        case .contentParts: .reply(reply) { $0.isInParts = true }
        case .controlCharacters:
            .reply(reply.replacing("\\n", with: "\n")) { $0.hasRawControls = true }
        case .byteOrderMark: .reply(reply) { $0.hasByteOrderMark = true }
        case .noUsage: .reply(reply) { $0.usage = .missing }
        case .zeroUsage: .reply(reply) { $0.usage = .given(prompt: 0, reply: 0) }
        case .nullUsage: .reply(reply) { $0.usage = .null }
        case .truncated: .reply(reply) { $0.usage = .given(prompt: 32, reply: 16) }
        case .gzip: Behaviour.reply(reply).packed()
        case .stream: .stream(of: reply)
        case .emptyError: .reply(reply) { $0.hasEmptyError = true }
        default: nil
        }
    }

    private static func noReply(_ name: Name) -> Behaviour? {
        switch name {
        case .empty: Behaviour(payload: .text("", type: "application/json"))
        case .html: Behaviour(payload: .text(page("Welcome to nginx!"), type: "text/html"))
        case .huge:
            .reply(String(repeating: "all work and no play ", count: 500_000))
        case .gzipBomb:
            Behaviour(
                headers: ["content-encoding": "gzip"],
                payload: .bytes(Gzip.bomb(count: 9 << 20), type: "application/json")
            )
        case .binary:
            Behaviour(
                headers: ["content-encoding": "br"],
                payload: .bytes((0..<240).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 128) }, type: "application/json")
            )
        case .words: Behaviour(payload: .text("upstream connect error", type: "text/plain"))
        case .notJSON: Behaviour(payload: .text("data: {\"choices\":", type: "text/event-stream"))
        case .notACompletion: .json(200, #"{"status":"ok","version":"1.2.3"}"#)
        case .errorInside:
            .json(
                200,
                #"{"error":{"code":502,"message":"Provider returned error","metadata":{"raw":"upstream gave up","provider_name":"Example"}}}"#
            )
        case .rateLimitInside:
            .json(200, #"{"error":{"code":429,"message":"Rate limit exceeded: free-models-per-min."}}"#)
        case .errorInStream:
            Behaviour(
                payload: .text(
                    ": OPENROUTER PROCESSING\n\n"
                        + #"data: {"id":"1","choices":[{"index":0,"delta":{"content":"{"}}]}"# + "\n\n"
                        + #"data: {"error":{"code":502,"message":"Provider disconnected"},"choices":[]}"#
                        + "\n\ndata: [DONE]\n\n",
                    type: "text/event-stream"
                )
            )
        default: nil
        }
    }

    private static func refusal(_ name: Name) -> Behaviour? {
        switch name {
        case .unauthorized:
            .error(
                401,
                message: "Incorrect API key provided.",
                type: "invalid_request_error",
                code: "\"invalid_api_key\""
            )
        case .payment: .json(402, #"{"error":{"code":402,"message":"Insufficient credits."}}"#)
        case .forbidden:
            .error(
                403,
                message: "Project does not have access to model.",
                type: "invalid_request_error",
                code: "\"403\""
            )
        case .detail: .json(401, #"{"detail":"Invalid API key"}"#)
        case .redirect:
            Behaviour(
                status: 307,
                headers: ["location": "http://127.0.0.1:1/v1/chat/completions"],
                payload: .text("", type: "text/plain")
            )
        case .noDatabase: .error(400, message: "No connected db.", type: "no_db_connection", code: "\"400\"")
        case .quota:
            .error(
                429,
                message: "You exceeded your current quota, please check your plan and billing details.",
                type: "insufficient_quota",
                code: "\"insufficient_quota\""
            )
        case .budget:
            .error(
                400,
                message: "Budget has been exceeded! Current cost: 12.5, Max budget: 10.0",
                type: "budget_exceeded",
                code: "\"400\""
            )
        case .userBudget:
            .error(
                400,
                message: "ExceededBudget: End User=ana over budget. Spend=0.06, Budget=0.05",
                type: "budget_exceeded",
                code: "\"400\""
            )
        case .userRateLimit:
            .error(
                429,
                message: "Rate limit exceeded for end_user: ana. Limit type: requests. Current limit: 2, Remaining: 0.",
                type: "throttling_error",
                code: "\"429\"",
                headers: ["retry-after": "60"]
            )
        case .filterPage: Behaviour(status: 403, payload: .text(page("Request blocked"), type: "text/html"))
        default: badRequest(name)
        }
    }

    private static func badRequest(_ name: Name) -> Behaviour? {
        switch name {
        case .badRequest:
            .error(
                400,
                message: "messages[1].content holds a letter that this model does not take.",
                type: "invalid_request_error",
                code: nil
            )
        case .unknownModel:
            .error(
                404,
                message: "The model `no-such` does not exist or you do not have access to it.",
                type: "invalid_request_error",
                code: "\"model_not_found\""
            )
        case .unknownModelLiteLLM:
            .error(
                400,
                message: "/chat/completions: Invalid model name passed in model=no-such. Call `/v1/models` to view.",
                type: "invalid_request_error",
                code: "\"400\""
            )
        case .unknownModelOllama: .json(404, #"{"error":"model 'no-such' not found"}"#)
        case .contentFilter:
            .error(
                400,
                message: "The response was filtered due to the prompt triggering the content management policy.",
                type: "invalid_request_error",
                code: "\"content_filter\""
            )
        case .maxTokensParameter:
            .error(
                400,
                message: "Unsupported parameter: 'max_tokens' is not supported with this model. "
                    + "Use 'max_completion_tokens' instead.",
                type: "invalid_request_error",
                code: "\"unsupported_parameter\""
            )
        case .temperatureParameter:
            .error(
                400,
                message: "Unsupported value: 'temperature' does not support 0 with this model.",
                type: "invalid_request_error",
                code: "\"unsupported_value\""
            )
        default: nil
        }
    }

    private static func later(_ name: Name) -> Behaviour? {
        switch name {
        case .rateLimited:
            .error(
                429,
                message: "Rate limit reached for requests.",
                type: "requests",
                code: "\"rate_limit_exceeded\"",
                headers: ["retry-after": "7"]
            )
        case .rateLimitedLiteLLM:
            .error(
                429,
                message: "litellm.RateLimitError: RateLimitError: OpenAIException - slow down",
                type: "throttling_error",
                code: "\"429\"",
                headers: ["llm_provider-retry-after": "7"]
            )
        case .serverError:
            .error(500, message: "The server had an error.", type: "internal_server_error", code: "\"500\"")
        case .serverErrorText:
            Behaviour(status: 500, payload: .text("Internal Server Error", type: "text/plain"))
        case .badGateway: Behaviour(status: 502, payload: .text(page("502 Bad Gateway"), type: "text/html"))
        case .unavailable:
            .json(503, #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#)
        case .conflict: .error(409, message: "Conflict, please retry.", type: "conflict", code: nil)
        case .tooEarly: .error(425, message: "Too early.", type: "too_early", code: nil)
        case .badGatewayWait:
            Behaviour(
                status: 502,
                headers: ["retry-after": "20"],
                payload: .text(page("502 Bad Gateway"), type: "text/html")
            )
        case .hugeUnavailable:
            Behaviour(
                status: 503,
                headers: ["retry-after": "20"],
                payload: .text(String(repeating: "all work and no play ", count: 500_000), type: "text/plain")
            )
        case .overloaded:
            .json(529, #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#)
        default: nil
        }
    }

    private static func retryAfter(_ name: Name) -> Behaviour? {
        let wait: String
        switch name {
        case .rateLimitedOwnLiteLLM:
            return .error(
                429,
                message: "No deployments available for selected model. Try again in 5 seconds.",
                type: "internal_server_error",
                code: "\"429\""
            )
        case .retryAfterDate: wait = httpDate(secondsFromNow: 30)
        case .retryAfterPast: wait = "Sun, 06 Nov 1994 08:49:37 GMT"
        case .retryAfterAbsurd: wait = "1e300"
        default: return nil
        }
        return .error(
            429,
            message: "Slow down.",
            type: "requests",
            code: "\"rate_limit_exceeded\"",
            headers: ["retry-after": wait]
        )
    }

    private static func httpDate(secondsFromNow seconds: Double) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: Date(timeIntervalSinceNow: seconds))
    }

    private static func overflow(_ name: Name) -> Behaviour? {
        switch name {
        case .overflowOpenAI:
            .error(
                400,
                message: "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens "
                    + "(7500 in the messages, 1500 in the completion).",
                type: "invalid_request_error",
                code: "\"context_length_exceeded\""
            )
        case .overflowLlamaCpp:
            .json(
                400,
                #"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":8192}}"#
            )
        case .overflowLlamaCppPython:
            .error(
                400,
                message: "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
                type: "invalid_request_error",
                code: "\"context_length_exceeded\""
            )
        case .overflowLiteLLM:
            .error(
                400,
                message: "litellm.BadRequestError: litellm.ContextWindowExceededError: OpenAIException - This model's "
                    + "maximum context length is 8192 tokens.",
                type: "invalid_request_error",
                code: "\"400\""
            )
        case .overflowVLLM:
            .json(
                400,
                #"{"object":"error","message":"This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.","type":"BadRequestError","param":null,"code":400}"#
            )
        case .overflowAnthropic:
            .json(
                400,
                #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9000 tokens > 8192 maximum"}}"#
            )
        case .overflowOllama: .json(400, #"{"error":"the input length exceeds the context length"}"#)
        case .overflowRateLimit:
            .error(
                429,
                message: "Request too large for m-1 in organization org-1 on tokens per min (TPM): Limit 8192, "
                    + "Requested 9000. The input or output tokens must be reduced in order to run successfully.",
                type: "tokens",
                code: "\"rate_limit_exceeded\""
            )
        default: nil
        }
    }

    private static func broken(_ name: Name, _ reply: String) -> Behaviour {
        switch name {
        case .hang: .reply(reply).delivered(.hang)
        case .hangAfterHeaders: .reply(reply).delivered(.hangAfterHeaders)
        case .close: .reply(reply).delivered(.close)
        case .closeMidBody: .reply(reply).delivered(.closeMidBody)
        case .resetMidBody: .reply(reply).delivered(.resetMidBody)
        case .hangMidBody: .reply(reply).delivered(.hangMidBody)
        case .byteASecond: .reply(reply).delivered(.slow(every: .seconds(1)))
        case .chunkedCut: .reply(reply).delivered(.chunkedCut)
        default: .reply(reply).delivered(.slow(every: .milliseconds(50)))
        }
    }

    private static func page(_ title: String) -> String {
        "<!DOCTYPE html>\n<html>\n<head><title>\(title)</title></head>\n<body><h1>\(title)</h1></body>\n</html>\n"
    }
}
