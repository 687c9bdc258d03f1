// SPDX-License-Identifier: Apache-2.0

/// Tokens estimated from bytes, on the safe side: 3 bytes a token, where real tokenizers average 4 on English text.
package enum TokenCount {
    package static let bytesPerToken = 3

    package static func estimate(_ text: String) -> Int { (text.utf8.count + bytesPerToken - 1) / bytesPerToken }
    package static func bytes(in tokens: Int) -> Int { max(0, tokens) * bytesPerToken }
}

extension String {
    /// At most `limit` bytes of UTF-8, cut between characters, with `…` where something was cut.
    package func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let mark = "…"
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, limit - mark.utf8.count))
        // Step back to a character boundary: never a broken sequence, never half an emoji.
        while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
        return String(self[..<end]) + mark
    }

    /// The text on one line: every run of white space and line breaks becomes one space.
    ///
    /// Also a guard: text of a log that was put on one line cannot imitate the lines of a prompt.
    package var onOneLine: String {
        asciiOnOneLine ?? split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The same, byte by byte; nil where a byte is not ASCII.
    ///
    /// Characters and their properties cost a hundred times as much, and logs are long.
    var asciiOnOneLine: String? {
        var text = self
        return text.withUTF8 { bytes in
            guard bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(unsafeUninitializedCapacity: bytes.count) { line in
                var count = 0
                var isGap = false
                for byte in bytes {
                    if byte == 0x20 || (0x09...0x0D).contains(byte) {
                        isGap = count > 0
                        continue
                    }
                    if isGap {
                        line[count] = 0x20
                        count += 1
                        isGap = false
                    }
                    line[count] = byte
                    count += 1
                }
                return count
            }
        }
    }
}
