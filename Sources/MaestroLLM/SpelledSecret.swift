// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One secret, found in a text however its letters are written there.
///
/// In any case; behind backslashes and as `\u002f` (JSON, and JSON in JSON); as `%2F` and `%252F`; as `&#47;`, `&#x2f;` and, where
/// it has one, by its name in HTML (`&amp;`).
struct SpelledSecret: Sendable {
    /// In lower case.
    private let letters: [UInt8]

    /// The most bytes that one letter is written with.
    static let longestSpelling = 12

    /// More backslashes in a row escape nothing that somebody wrote.
    private static let longestEscape = 17
    private static let names: [(name: String, letter: UInt8)] = [
        ("&amp;", UInt8(ascii: "&")), ("&quot;", UInt8(ascii: "\"")), ("&apos;", UInt8(ascii: "'")),
        ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
    ]

    init(_ secret: String) { letters = secret.utf8.map(Self.folded) }

    var count: Int { letters.count }

    /// Where the secret ends that begins at `start`; nil where none does.
    ///
    /// As it is first; then so that a `%` or `&` in it may itself be spelled.
    func end(in text: ArraySlice<UInt8>, from start: Int) -> Int? {
        [true, false].lazy.compactMap { end(in: text, from: start, isPlain: $0) }.first
    }

    private func end(in text: ArraySlice<UInt8>, from start: Int, isPlain: Bool) -> Int? {
        var index = start
        for letter in letters {
            guard let next = Self.end(of: letter, in: text, from: index, isPlain: isPlain) else { return nil }
            index = next
        }
        return index
    }

    /// The same secret within base64 of any text around it, in both alphabets: the letters that depend on it alone.
    static func base64(of secret: String) -> [String] {
        // Three texts that differ in where the secret begins among three bytes; what the rest has a part in is dropped.
        (0..<3).flatMap { shift in
            let bytes = Data(repeating: 0, count: shift) + Data(secret.utf8)
            let whole = bytes.base64EncodedString().prefix { $0 != "=" }
            let own = whole.dropFirst(shift == 0 ? 0 : shift + 1).dropLast(bytes.count.isMultiple(of: 3) ? 0 : 1)
            let text = String(own)
            return [text, text.replacing("+", with: "-").replacing("/", with: "_")]
        }
    }

    private static func end(
        of letter: UInt8,
        in text: ArraySlice<UInt8>,
        from index: Int,
        isPlain: Bool
    ) -> Int? {
        guard index < text.endIndex else { return nil }
        let plain = folded(text[index]) == letter ? index + 1 : nil
        if isPlain, let plain { return plain }
        return spelledEnd(of: letter, in: text, from: index) ?? plain
    }

    private static func spelledEnd(of letter: UInt8, in text: ArraySlice<UInt8>, from index: Int) -> Int? {
        switch text[index] {
        case UInt8(ascii: "\\"): return end(of: letter, inEscape: text, from: index)
        case UInt8(ascii: "%"):
            // Encoded twice, the percent sign itself is `%25`.
            let digits = text[(index + 1)...].starts(with: "25".utf8) ? index + 3 : index + 1
            return [digits, index + 1].lazy.compactMap { start in
                isSpelled(letter, by: number(in: text, at: start, digits: 2, radix: 16)) ? start + 2 : nil
            }.first
        case UInt8(ascii: "&"):
            guard text[index...].starts(with: "&#".utf8) else {
                return names.first { $0.letter == letter && text[index...].starts(with: $0.name.utf8) }
                    .map { index + $0.name.utf8.count }
            }
            let isHexadecimal = text[(index + 2)...].first.map(folded) == UInt8(ascii: "x")
            let start = isHexadecimal ? index + 3 : index + 2
            guard let end = text[start...].prefix(6).firstIndex(of: UInt8(ascii: ";")) else { return nil }
            let found = number(in: text, at: start, digits: end - start, radix: isHexadecimal ? 16 : 10)
            return isSpelled(letter, by: found) ? end + 1 : nil
        default: return nil
        }
    }

    private static func end(of letter: UInt8, inEscape text: ArraySlice<UInt8>, from index: Int) -> Int? {
        let run = text[index...].prefix(longestEscape)
        guard let mark = run.firstIndex(where: { $0 != UInt8(ascii: "\\") }) else { return nil }
        if text[mark] == UInt8(ascii: "u"), let value = number(in: text, at: mark + 1, digits: 4, radix: 16) {
            if isSpelled(letter, by: value) { return mark + 5 }
            // What cannot be seen stands between the letters.
            let isInvisible = Unicode.Scalar(value).map(Scrubber.isInvisible) ?? false
            return isInvisible ? end(of: letter, in: text, from: mark + 5, isPlain: false) : nil
        }
        return folded(text[mark]) == letter ? mark + 1 : nil
    }

    /// The number that stands there; nil where it is none.
    private static func number(in text: ArraySlice<UInt8>, at start: Int, digits: Int, radix: Int) -> UInt32? {
        guard digits > 0, start + digits <= text.endIndex else { return nil }
        let digits = text[start..<start + digits]
        guard digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: radix)
    }

    private static func isSpelled(_ letter: UInt8, by value: UInt32?) -> Bool {
        value.flatMap { UInt8(exactly: $0) }.map(folded) == letter
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
