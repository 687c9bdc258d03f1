// SPDX-License-Identifier: Apache-2.0

/// The context size that a server names when a prompt does not fit.
enum ContextLimit {
    /// Where the number stands, seen from the words.
    private enum Place { case behind, before, behindGreater }

    /// OpenAI and vLLM "maximum context length is 8192 tokens", Mistral "with 32768 maximum context length", Anthropic
    /// "prompt is too long: 210000 tokens > 200000 maximum" and "input length and `max_tokens` exceed context limit: 199000 +
    /// 1500 > 200000", llama.cpp "exceeds the available context size (4096 tokens)",
    /// llama-cpp-python "exceed context window of 2048", Gemini "maximum number of tokens allowed (1048576)", newer vLLM "context
    /// length is only 8192 tokens", LM Studio "context length of only 4096 tokens" and "(n_keep: 13055>= n_ctx: 4096)", Together
    /// "the model's context length (8193 tokens)", xAI "maximum prompt length is 131072".
    private static let phrases: [(words: String, place: Place)] = [
        ("maximum context length is", .behind), ("maximum context length of", .behind),
        ("available context size", .behind), ("context window of", .behind),
        ("maximum number of tokens allowed", .behind), ("prompt is too long", .behindGreater),
        ("exceed context limit", .behindGreater),
        ("tokens per min (tpm): limit", .behind), (": limit", .behind),
        ("context length is only", .behind), ("context length of only", .behind), ("n_ctx:", .behind),
        ("context length (", .behind), ("maximum prompt length is", .behind),
        ("`max_new_tokens` must be <=", .behind), ("maximum context length", .before),
    ]

    /// The limit that `text`, in lower case, names.
    ///
    /// Not any number will do: the sentences also hold what was asked for.
    static func named(in text: String) -> Int? {
        phrases.lazy.compactMap { phrase in
            text.firstRange(of: phrase.words).flatMap { number(phrase.place, $0, in: text) }
        }.first
    }

    /// How many tokens the server counted in the prompt.
    ///
    /// OpenAI and vLLM "you requested 9000 tokens (7500 in the messages, 1500 in the completion)", Anthropic "prompt is too
    /// long: 9000 tokens > 8192", llama.cpp "the request (9000 tokens)", OpenAI's 429 "Limit 8000, Requested 9000", Together "the
    /// input (9000 tokens)", LM Studio "keep the first 9000 tokens" and "n_keep: 9000", xAI "the request contains 9000 tokens".
    static func promptCount(in text: String) -> Int? {
        // With the reply's share, unless the prompt's own is named.
        let own = ["in the messages", "in your prompt", "input tokens", "of text input"].lazy.compactMap { words in
            text.firstRange(of: words).flatMap { lastNumber(in: text[..<$0.lowerBound].suffix(16)) }
        }
        if let number = own.first { return number }
        return [
            "prompt is too long", "you requested", "requested tokens", "requested about", "requested", "the request (",
            "input token count", "prompt contains", "the input (", "keep the first", "n_keep:", "request contains",
            "given:",
        ].lazy.compactMap { words in
            text.firstRange(of: words).flatMap { firstNumber(in: text[$0.upperBound...].prefix(32)) }
        }.first
    }

    private static func lastNumber(in text: Substring) -> Int? {
        firstNumber(
            in: text.split { !$0.isNumber && $0 != "," }.last { $0.contains(where: \.isNumber) } ?? ""
        )
    }

    private static func number(_ place: Place, _ words: Range<String.Index>, in text: String) -> Int? {
        let behind = text[words.upperBound...].prefix(60)
        switch place {
        case .behind: return firstNumber(in: behind)
        case .before: return firstNumber(in: text[..<words.lowerBound].suffix(12))
        case .behindGreater: return behind.firstIndex(of: ">").flatMap { firstNumber(in: behind[$0...]) }
        }
    }

    /// What can be a count of tokens; nothing under 128 is a context size.
    static let plausible = 128...100_000_000

    /// The first number, commas between its digits allowed.
    private static func firstNumber(in text: Substring) -> Int? {
        let digits = text.drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) || $0 == "," }
        return Int(digits.filter { $0 != "," }).flatMap { plausible.contains($0) ? $0 : nil }
    }
}
