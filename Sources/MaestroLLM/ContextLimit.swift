// SPDX-License-Identifier: Apache-2.0

/// The context size that a server names when a prompt does not fit.
enum ContextLimit {
    /// Where the number stands, seen from the words.
    private enum Place { case behind, before, behindGreater }

    /// OpenAI and vLLM "maximum context length is 8192 tokens", Mistral "with 32768 maximum context length", Anthropic
    /// "prompt is too long: 210000 tokens > 200000 maximum", llama.cpp "exceeds the available context size (4096 tokens)",
    /// llama-cpp-python "exceed context window of 2048", Gemini "maximum number of tokens allowed (1048576)".
    private static let phrases: [(words: String, place: Place)] = [
        ("maximum context length is", .behind), ("maximum context length of", .behind),
        ("available context size", .behind), ("context window of", .behind),
        ("maximum number of tokens allowed", .behind), ("prompt is too long", .behindGreater),
        ("maximum context length", .before),
    ]

    /// The limit that `text`, in lower case, names.
    ///
    /// Not any number will do: the sentences also hold what was asked for.
    static func named(in text: String) -> Int? {
        phrases.lazy.compactMap { phrase in
            text.firstRange(of: phrase.words).flatMap { number(phrase.place, $0, in: text) }
        }.first
    }

    private static func number(_ place: Place, _ words: Range<String.Index>, in text: String) -> Int? {
        let behind = text[words.upperBound...].prefix(60)
        switch place {
        case .behind: return firstNumber(in: behind)
        case .before: return firstNumber(in: text[..<words.lowerBound].suffix(12))
        case .behindGreater: return behind.firstIndex(of: ">").flatMap { firstNumber(in: behind[$0...]) }
        }
    }

    /// The first number, commas between its digits allowed; nothing under 128 is a context size.
    private static func firstNumber(in text: Substring) -> Int? {
        let digits = text.drop { !("0"..."9").contains($0) }.prefix { ("0"..."9").contains($0) || $0 == "," }
        return Int(digits.filter { $0 != "," }).flatMap { $0 >= 128 ? $0 : nil }
    }
}
