// SPDX-License-Identifier: Apache-2.0

/// Finds quoted words in a text, forgiving what models change when they quote.
///
/// White space, case, typographic quotes and Markdown markers are folded; parts on both sides of an ellipsis may stand
/// apart; otherwise a passage must share four fifths of the quote's words. Linear in both texts.
struct QuoteMatcher: Sendable {
    /// Shortest quote, in words, that may match by its words alone.
    private static let fewestWords = 4
    private static let mostParts = 8
    private let parts: [[UInt8]]
    private let words: [String]

    init(_ quote: String) {
        let folded = FoldedText(quote.replacing("…", with: "..."))
        parts = String(decoding: folded.bytes, as: UTF8.self).split(separator: "...")
            .map { Array(FoldedText(String($0)).bytes) }
            .filter { !$0.isEmpty }
        words = Similarity.words(of: quote)
    }

    /// Where in `text` the quote stands, as a range of its UTF-8 bytes; nil where it does not.
    func passage(in text: String) -> Range<Int>? {
        guard !parts.isEmpty else { return nil }
        // Each part is one pass over the text: a quote of nothing but gaps is matched by its words.
        guard parts.count <= Self.mostParts else { return passageByWords(in: text) }
        let folded = FoldedText(text)
        var range: Range<Int>?
        for part in parts {
            guard let start = Self.index(of: part, in: folded.bytes) else { return passageByWords(in: text) }
            let found = folded.origins[start]..<folded.origins[start + part.count - 1] + 1
            range = range.map { min($0.lowerBound, found.lowerBound)..<max($0.upperBound, found.upperBound) } ?? found
        }
        return range
    }

    /// The first window of as many words as the quote has that shares four fifths of them.
    private func passageByWords(in text: String) -> Range<Int>? {
        guard words.count >= Self.fewestWords else { return nil }
        let all = Similarity.located(in: text)
        var missing = words.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        var shared = 0
        for (index, (word, range)) in all.enumerated() {
            if let count = missing[word] {
                if count > 0 { shared += 1 }
                missing[word] = count - 1
            }
            if index >= words.count {
                let leaving = all[index - words.count].word
                if let count = missing[leaving] {
                    if count >= 0 { shared -= 1 }
                    missing[leaving] = count + 1
                }
            }
            if shared * 5 >= words.count * 4 {
                return all[max(0, index - words.count + 1)].range.lowerBound..<range.upperBound
            }
        }
        return nil
    }

    /// Knuth, Morris and Pratt's search; a match may not begin or end inside a word.
    private static func index(of part: [UInt8], in text: [UInt8]) -> Int? {
        var fallback = [0]
        var length = 0
        for index in part.indices.dropFirst() {
            while length > 0, part[index] != part[length] { length = fallback[length - 1] }
            if part[index] == part[length] { length += 1 }
            fallback.append(length)
        }
        length = 0
        for index in text.indices {
            while length > 0, text[index] != part[length] { length = fallback[length - 1] }
            if text[index] == part[length] { length += 1 }
            guard length == part.count else { continue }
            let start = index + 1 - part.count
            if isBoundary(before: start, in: text), isBoundary(before: index + 1, in: text) { return start }
            length = fallback[length - 1]
        }
        return nil
    }

    private static func isBoundary(before index: Int, in text: [UInt8]) -> Bool {
        guard index > 0, index < text.count else { return true }
        return !(isWordByte(text[index - 1]) && isWordByte(text[index]))
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
