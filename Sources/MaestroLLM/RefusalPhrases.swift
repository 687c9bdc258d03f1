// SPDX-License-Identifier: Apache-2.0

/// The words by which refusals are told apart, in lower case: as documented, measured, or reported by people.
enum RefusalPhrases {
    /// Whether one of `phrases` stands in `folded`.
    static func any(of phrases: [String], in folded: String) -> Bool { phrases.contains { folded.contains($0) } }

    static let overflow = [
        "context_length_exceeded", "exceed_context_size", "maximum context length", "prompt is too long",
        "contextwindowexceeded", "context window", "context size", "num_ctx", "exceeds the context length",
        "exceeds the maximum number of tokens", "exceed context limit", "context length is only",
        "context length of only", "than the model's context length", "than the context length",
        "maximum prompt length is", "input is too long", "`inputs` tokens + `max_new_tokens`",
    ]

    /// LiteLLM: “ExceededBudget: End User=…”, “LiteLLM End User: …, exceeded budget for model=…”, “Rate limit exceeded for
    /// end_user: …”, with 400, 401, 422 or 429.
    static let endUser = ["end user=", "end user:", "end_user:"]
    static let endUserLimit = ["budget", "rate limit"]

    static let permanent = [
        "insufficient_quota", "budget_exceeded", "exceeded budget", "billing_hard_limit", "no_db_connection",
        "no connected db", "key_model_access_denied",
        // The same in words: a gateway in front keeps a provider's words and drops its code and type.
        "budget has been exceeded", "exceededbudget", "billing hard limit", "credit balance is too low",
        "billing_not_active", "account is not active", "organization has been disabled", "specified api usage limits",
        "api_key_invalid", "api key expired", "api key not found", "location is not supported", "decommissioned",
        "model identifier is invalid", "on-demand throughput isn", "api version not supported", "must provide a model",
        "model is required", "failed to load model", "model has crashed", "invalid api key", "incorrect api key",
        "invalid_api_key", "api key not valid", "model_not_found", "invalid model", "unknown model",
    ]

    /// Of a model, where the words name one.
    static let absent = ["not found", "does not exist", "not exist", "no such", "llm provider not provided"]

    static let contentFilter = [
        "content_filter", "content management policy", "content_policy", "flagged", "moderation",
    ]

    /// llama.cpp's and TGI's.
    static let loading = ["loading model", "model is loading", "currently loading"]

    static let completionTokens = ["max_completion_tokens"]
    static let temperature = ["temperature"]
    static let thinking = ["does not support thinking", "think value", "\"think\""]

    static let format = [
        "response_format", "response format", "output format", "\"format\"", "'format'", "schema", "grammar",
        "json_object", "structured output", "structured_output", "guided",
    ]
    /// Of a server that fails where it should refuse.
    static let formatFailure = ["response_format", "json_schema", "json_object"]
}
