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
