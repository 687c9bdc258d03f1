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
        let found = Hits(of: query, in: texts)
        let rarity = found.frequency.map { log(1 + (Double(texts.count - $0) + 0.5) / (Double($0) + 0.5)) }
        var matches: [Match] = []
        var rest: [Match] = []
        for index in texts.indices {
            let hits = found.hits(of: index)
            guard !hits.isEmpty else {
                rest.append(Match(index: index, score: 0))
                continue
            }
            let length = Self.k1 * (1 - Self.b + Self.b * Double(texts[index].length) / averageLength)
            // In the order of the words: floating-point sums depend on it, and equal inputs must rank equally.
            let score = hits.reduce(0.0) { sum, hit in
                let count = Double(hit.count)
                return sum + rarity[Int(hit.word)] * count * (Self.k1 + 1) / (count + length)
            }
            matches.append(Match(index: index, score: score))
        }
        return matches.sorted { $0.score != $1.score ? $0.score > $1.score : $0.index < $1.index } + rest
    }

    /// The words that are looked for, as a table of their numbers.
    private struct Query {
        /// Ascending; a zero after the last, which is no word's place.
        let words: [UInt32]
        /// Where the words whose numbers begin with the same bits begin, and in the end how many words there are.
        private let starts: [UInt16]
        /// What is left of a number when it is shifted by so much: the bits it begins with.
        private let shift: Int

        init(_ bag: WordBag) {
            // As many as a place can tell apart; a whole log has a few thousand.
            let words = bag.terms.prefix(Int(UInt16.max)).map(\.word)
            // Sixteen beginnings for a word: then hardly any two share one, and nearly every other word finds none.
            let bits = min(16, Int.bitWidth - words.count.leadingZeroBitCount + 4)
            let shift = UInt32.bitWidth - bits
            var starts = [UInt16](repeating: 0, count: 1 << bits + 1)
            for word in words { starts[Int(word >> shift) + 1] += 1 }
            for beginning in 1..<starts.count { starts[beginning] += starts[beginning - 1] }
            self.words = words + [0]
            self.starts = starts
            self.shift = shift
        }

        var isEmpty: Bool { words.count == 1 }

        /// Where `word` stands if it is one of ours; else where another one does, or the zero.
        func place(of word: UInt32) -> Int {
            let beginning = Int(word >> shift)
            var place = Int(starts[beginning])
            let end = Int(starts[beginning + 1])
            while place + 1 < end, words[place] != word { place += 1 }
            return place
        }
    }

    /// Which words of a query stand in which text, and how often: all in one row, since there are thousands of texts.
    private struct Hits {
        struct Hit {
            /// By its place in the query; ascending within a text.
            let word: UInt16
            let count: UInt16
        }

        private let hits: [Hit]
        /// In how many texts each word of the query stands.
        let frequency: [Int]
        /// Where each text's hits end.
        private let ends: [Int]

        init(of query: Query, in texts: [WordBag]) {
            var frequency = [Int](repeating: 0, count: query.words.count)
            var ends: [Int] = []
            ends.reserveCapacity(texts.count)
            let room = query.isEmpty ? 0 : texts.reduce(0) { $0 + $1.terms.count }
            hits = [Hit](unsafeUninitializedCapacity: room) { hits, count in
                for text in texts {
                    for term in text.terms where !query.isEmpty {
                        let place = query.place(of: term.word)
                        // Written in any case, and overwritten by the next one where it is no hit: about half are, and a
                        // branch that cannot be foretold costs more than all the rest.
                        hits.initializeElement(at: count, to: Hit(word: UInt16(place), count: term.count))
                        let isHit = query.words[place] == term.word ? 1 : 0
                        count += isHit
                        frequency[place] += isHit
                    }
                    ends.append(count)
                }
            }
            self.frequency = frequency
            self.ends = ends
        }

        func hits(of text: Int) -> ArraySlice<Hit> { hits[(text == 0 ? 0 : ends[text - 1])..<ends[text]] }
    }
}
