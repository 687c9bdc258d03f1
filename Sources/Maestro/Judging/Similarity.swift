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
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = String.UnicodeScalarView()
        for scalar in text.lowercased().unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                word.append(scalar)
            } else if scalar != "'", scalar != "’", !word.isEmpty {
                words.append(String(word))
                word = .init()
            }
        }
        if !word.isEmpty { words.append(String(word)) }
        return words
    }

    private static let negations: Set<String> = [
        "not", "no", "never", "without", "dont", "doesnt", "cant", "cannot", "isnt", "arent", "wont", "shouldnt",
        "mustnt",
        "avoid", "nicht", "kein", "keine", "nie", "ohne", "ne", "pas", "jamais", "nunca", "sin",
    ]

    private static func turnsMeaning(_ word: String) -> Bool {
        negations.contains(word) || word.unicodeScalars.contains { $0.properties.numericType != nil }
    }
}
