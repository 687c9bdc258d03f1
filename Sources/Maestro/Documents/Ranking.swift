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
        let hits = Hits(of: query, in: texts)
        let rarity = hits.frequency.map { log(1 + (Double(texts.count - $0) + 0.5) / (Double($0) + 0.5)) }
        var found: [Match] = []
        var rest: [Match] = []
        for index in texts.indices {
            let places = hits.places(of: index)
            guard !places.isEmpty else {
                rest.append(Match(index: index, score: 0))
                continue
            }
            let length = Self.k1 * (1 - Self.b + Self.b * Double(texts[index].length) / averageLength)
            // In the order of the words: floating-point sums depend on it, and equal inputs must rank equally.
            let score = places.reduce(0.0) { sum, place in
                let count = Double(hits.counts[place])
                return sum + rarity[hits.words[place]] * count * (Self.k1 + 1) / (count + length)
            }
            found.append(Match(index: index, score: score))
        }
        return found.sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index } + rest
    }

    /// The words that are looked for.
    private struct Query {
        let places: [UInt32: Int]
        /// One bit of 65,536 for each word, by its number: says no to nearly every other word without a look into the table.
        let mask: [UInt64]

        init(_ bag: WordBag) {
            places = Dictionary(uniqueKeysWithValues: bag.terms.enumerated().map { ($1.word, $0) })
            var mask = [UInt64](repeating: 0, count: 1024)
            for term in bag.terms { mask[Int(term.word >> 6 & 1023)] |= 1 << UInt64(term.word & 63) }
            self.mask = mask
        }
    }

    /// Which words of a query stand in which text, and how often: all in one row, since there are thousands of texts and most
    /// have none.
    private struct Hits {
        /// By their place in the query; ascending within a text.
        private(set) var words: [Int] = []
        private(set) var counts: [UInt16] = []
        /// In how many texts each word of the query stands.
        private(set) var frequency: [Int]
        /// Where each text's hits end.
        private var ends: [Int] = []

        init(of query: Query, in texts: [WordBag]) {
            frequency = [Int](repeating: 0, count: query.places.count)
            ends.reserveCapacity(texts.count)
            query.mask.withUnsafeBufferPointer { mask in
                for text in texts {
                    text.terms.withUnsafeBufferPointer { terms in
                        for term in terms where mask[Int(term.word >> 6 & 1023)] >> UInt64(term.word & 63) & 1 != 0 {
                            guard let place = query.places[term.word] else { continue }
                            words.append(place)
                            counts.append(term.count)
                            frequency[place] += 1
                        }
                    }
                    ends.append(words.count)
                }
            }
        }

        func places(of text: Int) -> Range<Int> { (text == 0 ? 0 : ends[text - 1])..<ends[text] }
    }
}
