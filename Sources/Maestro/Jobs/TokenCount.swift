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
    package var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
