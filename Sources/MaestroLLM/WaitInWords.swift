// SPDX-License-Identifier: Apache-2.0

/// How long a server asks to wait where it says so in its message alone: "Please retry in 27.3s." (Gemini), "try again in
/// 6m0s" (OpenAI, Groq), "Try again in 5 seconds" (LiteLLM).
///
/// A gateway in front drops the provider's header, and never its words.
enum WaitInWords {
    /// In seconds; nil where no wait is named.
    ///
    /// `folded` is in lower case.
    static func seconds(in folded: String) -> Double? {
        for phrase in ["retry in ", "try again in ", "retry after "] {
            var rest = folded[...]
            while let found = rest.firstRange(of: phrase) {
                rest = rest[found.upperBound...]
                if let seconds = duration(at: rest) { return seconds }
            }
        }
        return nil
    }

    /// Numbers with their units, one after another: `1h2m`, `6m0s`, `250ms`, `5 seconds`.
    private static func duration(at text: Substring) -> Double? {
        var rest = text
        var sum: Double?
        while let (number, behind) = number(at: rest) {
            let unit = behind.drop { $0 == " " }.prefix { $0.isLetter }
            guard let factor = factors[String(unit)] else { break }
            sum = (sum ?? 0) + number * factor
            rest = text[unit.endIndex...]
        }
        return sum
    }

    private static func number(at text: Substring) -> (Double, Substring)? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        return Double(digits).map { ($0, text[digits.endIndex...]) }
    }

    private static let factors: [String: Double] = [
        "ms": 0.001, "milliseconds": 0.001, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "m": 60, "min": 60,
        "mins": 60, "minute": 60, "minutes": 60, "h": 3600, "hour": 3600, "hours": 3600,
    ]
}
