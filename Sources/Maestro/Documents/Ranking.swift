// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Orders texts by how well they answer a query: BM25 (Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75).
///
/// Words rather than embeddings: no model to ship or ask, the same answer every time, and a reader can see why.
package struct Ranking: Sendable {
    /// One text with its score; higher is better, 0 shares no word with the query.
    package struct Match: Hashable, Sendable {
        package let index: Int
        package let score: Double
    }

    private static let k1 = 1.2
    private static let b = 0.75

    private let counts: [[String: Int]]
    private let lengths: [Double]
    private let averageLength: Double
    private let documentFrequency: [String: Int]

    package init(_ texts: [String]) {
        counts = texts.map { text in
            Words.of(text).reduce(into: [:]) { counts, word in counts[word, default: 0] += 1 }
        }
        lengths = counts.map { Double($0.values.reduce(0, +)) }
        averageLength = max(1, lengths.reduce(0, +) / Double(max(1, lengths.count)))
        documentFrequency = counts.reduce(into: [:]) { frequency, document in
            for word in document.keys { frequency[word, default: 0] += 1 }
        }
    }

    /// All texts, best first; texts of equal score keep their order.
    package func matches(for query: String) -> [Match] {
        let words = Set(Words.of(query)).filter { documentFrequency[$0] != nil }
        let scored = counts.indices.map { Match(index: $0, score: score(of: $0, words)) }
        return scored.sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index }
    }

    private func score(of index: Int, _ words: Set<String>) -> Double {
        let document = counts[index]
        let length = Self.k1 * (1 - Self.b + Self.b * lengths[index] / averageLength)
        // Summed in a fixed order: floating-point sums depend on it, and equal inputs must rank equally.
        return words.sorted().reduce(0) { sum, word in
            guard let count = document[word] else { return sum }
            let frequency = Double(documentFrequency[word] ?? 0)
            let rarity = log(1 + (Double(counts.count) - frequency + 0.5) / (frequency + 0.5))
            return sum + rarity * Double(count) * (Self.k1 + 1) / (Double(count) + length)
        }
    }
}
