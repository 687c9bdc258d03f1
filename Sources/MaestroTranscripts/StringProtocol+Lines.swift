// SPDX-License-Identifier: Apache-2.0

/// What importers do with every text: Foundation's ways go through UTF-16 and are many times slower.
extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }

    /// The lines, without their ends, be they `\n` or `\r\n`.
    var lines: [Substring] {
        String(self).utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
    }
}
