// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Words of a text as ranking and comparison see them: folded, without the ones that carry nothing.
package enum Words {
    /// Folded words in order, with repetitions.
    ///
    /// A word is a run of letters and digits. Case and diacritics are folded and a plural `s` is dropped. Scripts
    /// without spaces (Chinese, Japanese) give pairs of characters, which is what BM25 needs there.
    package static func of(_ text: String) -> [String] {
        var words: [String] = []
        var current = String.UnicodeScalarView()
        func close() {
            guard !current.isEmpty else { return }
            if let word = normalised(String(current)) { words.append(word) }
            current.removeAll(keepingCapacity: true)
        }
        var previousIdeograph: Unicode.Scalar?
        for scalar in text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
            if isIdeograph(scalar) {
                close()
                if let previous = previousIdeograph { words.append("\(previous)\(scalar)") }
                previousIdeograph = scalar
                continue
            }
            previousIdeograph = nil
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .uppercaseLetter, .otherLetter, .titlecaseLetter, .modifierLetter, .decimalNumber:
                current.append(scalar)
            case .nonspacingMark:
                continue
            default:
                close()
            }
        }
        close()
        return words
    }

    /// The numbers of the same words, in order.
    ///
    /// What is plain ASCII, as most is, is read byte by byte; runs of letters with anything else in them one by one.
    static func numbers(of text: String) -> [UInt32] {
        var text = text
        return text.withUTF8 { bytes in
            var numbers: [UInt32] = []
            var start = 0
            var isASCII = true
            func close(at end: Int) {
                if start < end {
                    let run = UnsafeBufferPointer(rebasing: bytes[start..<end])
                    if isASCII {
                        if let number = number(ofASCII: run) { numbers.append(number) }
                    } else {
                        numbers += of(String(decoding: run, as: UTF8.self)).map(WordNumber.of)
                    }
                }
                start = end + 1
                isASCII = true
            }
            for (offset, byte) in bytes.enumerated() {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    continue
                case 0x80...: isASCII = false
                default: close(at: offset)
                }
            }
            close(at: bytes.count)
            return numbers
        }
    }

    /// Of one run of letters and digits; nil where it carries nothing.
    private static func number(ofASCII run: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard run.count > 1 else { return nil }
        // Changes no digit: each has that bit set.
        let word = run.map { $0 | 0x20 }
        let number = WordNumber.of(word)
        guard !stopNumbers.contains(number) else { return nil }
        let isPlural = word.count > 3 && word.last == UInt8(ascii: "s") && word[word.count - 2] != UInt8(ascii: "s")
        return isPlural ? WordNumber.of(word.dropLast()) : number
    }

    private static let stopNumbers = Set(stopWords.map(WordNumber.of))

    private static func normalised(_ word: String) -> String? {
        guard word.utf8.count > 1, !stopWords.contains(word) else { return nil }
        guard word.utf8.count > 3, word.hasSuffix("s"), !word.hasSuffix("ss") else { return word }
        return String(word.dropLast())
    }

    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        (0x3040...0x30FF).contains(scalar.value) || (0x3400...0x9FFF).contains(scalar.value)
    }

    private static let stopWords: Set<String> = [
        "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "for", "from", "has", "have", "how", "if", "in",
        "is", "it", "its", "me", "my", "of", "on", "or", "our", "please", "so", "that", "the", "their", "then", "there",
        "they", "this", "to", "us", "was", "we", "what", "when", "which", "will", "with", "you", "your",
    ]
}
