// SPDX-License-Identifier: Apache-2.0

/// The words of a text, folded, for telling whether two texts say the same.
package struct Similarity: Hashable, Sendable {
    /// Shares of words above which an add says what an entry says already.
    static let sameEntry = 0.8
    /// Shares of words above which two jobs agree.
    static let agreement = 0.6

    /// The words as numbers, ascending, each once.
    private let words: [Word]
    /// One bit of 64 for each word, by its number.
    private let bits: UInt64
    /// Beside ``bits``: nearly every comparison is over without a look at ``words``.
    private let count: Int

    /// A word's number; its two lowest bits say what it can do to a rule.
    private struct Word: Hashable, Comparable, Sendable {
        let number: UInt32

        init(_ word: String) {
            self.init(WordNumber.of(word), hasNumber: Similarity.hasNumber(word))
        }

        init(_ number: UInt32, hasNumber: Bool) {
            let turns = hasNumber || Similarity.negationNumbers.contains(number)
            self.number = number & ~3 | (turns ? 1 : 0) | (Similarity.fillerNumbers.contains(number) ? 2 : 0)
        }

        /// A negation or a number: it stands in one text alone where the two mean different things.
        var turnsMeaning: Bool { number & 1 != 0 }
        /// It changes nothing of what a rule says.
        var isFiller: Bool { number & 2 != 0 }

        static func < (left: Word, right: Word) -> Bool { left.number < right.number }
    }

    package init(_ texts: String...) {
        var words: Set<Word> = []
        for text in texts where !Self.addWords(ofASCII: text, to: &words) {
            words.formUnion(Self.words(of: text).map(Word.init))
        }
        self.words = words.sorted()
        count = words.count
        bits = words.reduce(0) { $0 | 1 << UInt64($1.number >> 2 & 63) }
    }

    /// Reads plain ASCII, which most texts are, byte by byte; false where `text` is none, and nothing is added then.
    private static func addWords(ofASCII text: String, to words: inout Set<Word>) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return false }
            var word: [UInt8] = []
            var hasNumber = false
            func close() {
                if !word.isEmpty { words.insert(Word(WordNumber.of(word), hasNumber: hasNumber)) }
                word.removeAll(keepingCapacity: true)
                hasNumber = false
            }
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"): word.append(byte)
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    word.append(byte)
                    hasNumber = true
                case UInt8(ascii: "'"): continue
                default: close()
                }
            }
            close()
            return true
        }
    }

    /// The words of an entry's rule.
    ///
    /// Reasons and use ("**Why:** …") come from a template and would make any two short rules look alike.
    package init(description: String, body: String) {
        let rule = body.firstRange(of: "**Why:**").map { body[..<$0.lowerBound] } ?? body[...]
        self.init(description, String(rule))
    }

    /// Whether two rules say the same, one perhaps in more words.
    ///
    /// Where each has a word of its own, one thing stands for another: "never push to main" is not "… to master".
    package func saysTheSame(as other: Similarity) -> Bool {
        guard mayShare(Self.sameEntry, with: other) else { return false }
        let common = Common(self, other)
        guard common.agree(Self.sameEntry) else { return false }
        return common.onlyLeftAreFillers || common.onlyRightAreFillers
    }

    /// Shared words over all words, 0 through 1.
    func jaccard(_ other: Similarity) -> Double { Common(self, other).share }

    /// Enough words are shared, and no number and no negation stands in one text alone: `timeout 30` is not `timeout 60`.
    func agrees(with other: Similarity, share: Double) -> Bool {
        mayShare(share, with: other) && Common(self, other).agree(share)
    }

    /// Whether the two could share so much, by their ``bits``.
    ///
    /// Says no to nearly all pairs without looking at a word: an add is compared with every entry.
    private func mayShare(_ share: Double, with other: Similarity) -> Bool {
        // Each bit that only one of them has stands for a word, at least, that the other has not.
        let onlyHere = (bits & ~other.bits).nonzeroBitCount
        let onlyThere = (other.bits & ~bits).nonzeroBitCount
        let shared = min(count - onlyHere, other.count - onlyThere)
        let all = count + other.count - shared
        return all > 0 && Double(shared) / Double(all) >= share
    }

    /// What two texts have in common, found in one pass over both.
    private struct Common {
        var shared = 0
        var all = 0
        var onlyLeftAreFillers = true
        var onlyRightAreFillers = true
        /// A word that turns the meaning stands in one of them alone.
        var isTurned = false

        var share: Double { all == 0 ? 0 : Double(shared) / Double(all) }

        init(_ left: Similarity, _ right: Similarity) {
            guard !left.words.isEmpty, !right.words.isEmpty else { return }
            var (i, j) = (0, 0)
            while i < left.words.count || j < right.words.count {
                all += 1
                let (a, b) = (i < left.words.count ? left.words[i] : nil, j < right.words.count ? right.words[j] : nil)
                if let a, a == b {
                    shared += 1
                    i += 1
                    j += 1
                } else if let a, b.map({ a < $0 }) ?? true {
                    isTurned = isTurned || a.turnsMeaning
                    onlyLeftAreFillers = onlyLeftAreFillers && a.isFiller
                    i += 1
                } else if let b {
                    isTurned = isTurned || b.turnsMeaning
                    onlyRightAreFillers = onlyRightAreFillers && b.isFiller
                    j += 1
                }
            }
        }

        func agree(_ least: Double) -> Bool { share >= least && !isTurned }
    }

    /// Lower-case runs of letters and digits, in order; an apostrophe inside a word is dropped.
    ///
    /// Ideographs are words of their own, since nothing separates them.
    static func words(of text: String) -> [String] { located(in: text).map(\.word) }

    /// The words with the ranges of UTF-8 bytes that they came from.
    static func located(in text: String) -> [(word: String, range: Range<Int>)] {
        locatedASCII(in: text) ?? locatedScalars(in: text)
    }

    /// Plain ASCII, byte by byte; nil where a byte is none.
    private static func locatedASCII(in text: String) -> [(word: String, range: Range<Int>)]? {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            var words: [(word: String, range: Range<Int>)] = []
            var word: [UInt8] = []
            var start = 0
            for (offset, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    if word.isEmpty { start = offset }
                    word.append(byte < UInt8(ascii: "a") && byte >= UInt8(ascii: "A") ? byte | 0x20 : byte)
                case UInt8(ascii: "'"): continue
                default:
                    if !word.isEmpty { words.append((String(decoding: word, as: UTF8.self), start..<offset)) }
                    word.removeAll(keepingCapacity: true)
                }
            }
            if !word.isEmpty { words.append((String(decoding: word, as: UTF8.self), start..<bytes.count)) }
            return words
        }
    }

    private static func locatedScalars(in text: String) -> [(word: String, range: Range<Int>)] {
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

    private static func hasNumber(_ word: String) -> Bool {
        word.unicodeScalars.contains { $0.properties.numericType != nil }
    }

    private static let negationNumbers = Set(negations.map(WordNumber.of))
    private static let fillerNumbers = Set(fillers.map(WordNumber.of))
}
