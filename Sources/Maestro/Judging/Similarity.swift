// SPDX-License-Identifier: Apache-2.0

/// The words of a text, folded, for telling whether two texts say the same.
struct Similarity: Sendable {
    /// Shares of words above which an add says what an entry says already.
    static let sameEntry = 0.8
    /// Shares of words above which two jobs agree.
    static let agreement = 0.6

    private let words: Set<String>

    init(_ texts: String...) {
        words = texts.reduce(into: []) { $0.formUnion(Self.words(of: $1)) }
    }

    /// The words of an entry's rule.
    ///
    /// Reasons and use ("**Why:** …") come from a template and would make any two short rules look alike.
    init(description: String, body: String) {
        let rule = body.firstRange(of: "**Why:**").map { body[..<$0.lowerBound] } ?? body[...]
        self.init(description, String(rule))
    }

    /// Whether two rules say the same, one perhaps in more words.
    ///
    /// Where each has a word of its own, one thing stands for another: "never push to main" is not "… to master".
    func saysTheSame(as other: Similarity) -> Bool {
        guard agrees(with: other, share: Self.sameEntry) else { return false }
        return [words.subtracting(other.words), other.words.subtracting(words)].contains { own in
            own.allSatisfy(Self.fillers.contains)
        }
    }

    /// Shared words over all words, 0 through 1.
    func jaccard(_ other: Similarity) -> Double {
        guard !words.isEmpty, !other.words.isEmpty else { return 0 }
        let shared = words.intersection(other.words).count
        return Double(shared) / Double(words.count + other.words.count - shared)
    }

    /// Enough words are shared, and no number and no negation stands in one text alone: `timeout 30` is not `timeout 60`.
    func agrees(with other: Similarity, share: Double) -> Bool {
        jaccard(other) >= share && words.symmetricDifference(other.words).allSatisfy { !Self.turnsMeaning($0) }
    }

    /// Lower-case runs of letters and digits, in order; an apostrophe inside a word is dropped.
    ///
    /// Ideographs are words of their own, since nothing separates them.
    static func words(of text: String) -> [String] { located(in: text).map(\.word) }

    /// The words with the ranges of UTF-8 bytes that they came from.
    static func located(in text: String) -> [(word: String, range: Range<Int>)] {
        var words: [(word: String, range: Range<Int>)] = []
        var word = ""
        var start = 0
        var offset = 0
        func close() {
            if !word.isEmpty { words.append((word, start..<offset)) }
            word = ""
        }
        for scalar in text.unicodeScalars {
            if isIdeograph(scalar) {
                close()
                words.append((String(Character(scalar)), offset..<offset + UTF8.width(scalar)))
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                if word.isEmpty { start = offset }
                word += scalar.properties.lowercaseMapping
            } else if scalar != "'", scalar != "’" {
                close()
            }
            offset += UTF8.width(scalar)
        }
        close()
        return words
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isIdeographic || (0x3040...0x30FF).contains(scalar.value)
    }

    /// Words that change nothing of what a rule says.
    private static let fillers: Set<String> = [
        "a", "an", "the", "to", "of", "in", "on", "at", "for", "with", "by", "as", "is", "are", "be", "and", "or", "it",
        "its", "that", "this", "these", "those", "we", "you", "i", "my", "our", "your", "please", "should", "must",
        "always", "from", "now", "so", "then", "when", "do",
    ]

    private static let negations: Set<String> = [
        "not", "no", "never", "without", "dont", "doesnt", "cant", "cannot", "isnt", "arent", "wont", "shouldnt",
        "mustnt",
        "avoid", "nicht", "kein", "keine", "nie", "ohne", "ne", "pas", "jamais", "nunca", "sin",
        "不", "没", "無", "无", "勿", "非", "未", "別", "别",
    ]

    private static func turnsMeaning(_ word: String) -> Bool {
        negations.contains(word) || word.unicodeScalars.contains { $0.properties.numericType != nil }
    }
}
