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

    private let texts: [WordBag]
    private let averageLength: Double

    package init(_ texts: [WordBag]) {
        self.texts = texts
        averageLength = max(1, Double(texts.reduce(0) { $0 + $1.length }) / Double(max(1, texts.count)))
    }

    /// All texts, best first; texts of equal score keep their order.
    package func matches(for query: String) -> [Match] {
        let query = Query(WordBag(query))
        let hits = texts.map { query.hits(in: $0) }
        var frequency = [Int](repeating: 0, count: query.count)
        for hit in hits.joined() { frequency[hit.word] += 1 }
        let rarity = frequency.map { log(1 + (Double(texts.count - $0) + 0.5) / (Double($0) + 0.5)) }
        var found: [Match] = []
        var rest: [Match] = []
        for (index, hits) in hits.enumerated() {
            guard !hits.isEmpty else {
                rest.append(Match(index: index, score: 0))
                continue
            }
            let length = Self.k1 * (1 - Self.b + Self.b * Double(texts[index].length) / averageLength)
            // In the order of the words: floating-point sums depend on it, and equal inputs must rank equally.
            let score = hits.reduce(0) { sum, hit in
                sum + rarity[hit.word] * hit.count * (Self.k1 + 1) / (hit.count + length)
            }
            found.append(Match(index: index, score: score))
        }
        return found.sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index } + rest
    }

    /// The words that are looked for.
    private struct Query {
        private let places: [UInt32: Int]
        /// One bit for each word, by its lowest bits: says no to most words without a look into the table.
        private let mask: [Bool]

        var count: Int { places.count }

        init(_ bag: WordBag) {
            places = Dictionary(uniqueKeysWithValues: bag.words.enumerated().map { ($1, $0) })
            var mask = [Bool](repeating: false, count: 4096)
            for word in bag.words { mask[Int(word & 4095)] = true }
            self.mask = mask
        }

        /// Which of the words stand in `text`, ascending, and how often.
        func hits(in text: WordBag) -> [(word: Int, count: Double)] {
            var hits: [(word: Int, count: Double)] = []
            for (place, word) in text.words.enumerated() where mask[Int(word & 4095)] {
                if let known = places[word] { hits.append((known, Double(text.counts[place]))) }
            }
            return hits
        }
    }
}
