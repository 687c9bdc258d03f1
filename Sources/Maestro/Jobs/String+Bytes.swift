// SPDX-License-Identifier: Apache-2.0

extension String {
    /// Whether the UTF-8 bytes of `pattern` stand anywhere in this text.
    ///
    /// For what is looked for as it is spelt; `contains` compares characters, at a hundred times the cost.
    func hasBytes(of pattern: String) -> Bool {
        var (text, pattern) = (self, pattern)
        return text.withUTF8 { text in
            pattern.withUTF8 { pattern in
                guard let first = pattern.first else { return true }
                guard text.count >= pattern.count else { return false }
                for start in 0...text.count - pattern.count where text[start] == first {
                    if text[start..<start + pattern.count].elementsEqual(pattern) { return true }
                }
                return false
            }
        }
    }
}
