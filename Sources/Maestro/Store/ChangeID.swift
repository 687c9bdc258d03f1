// SPDX-License-Identifier: Apache-2.0

/// The id of one change of one reflection: `3fa9c1d2e4b50718-1`.
package struct ChangeID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let reflection: Reflection.ID
    package let ordinal: Int

    package init(_ reflection: Reflection.ID, _ ordinal: Int) {
        self.reflection = reflection
        self.ordinal = ordinal
    }

    /// Reads what ``description`` writes; nil for anything else.
    package init?(parsing text: String) {
        guard let dash = text.lastIndex(of: "-"), dash != text.startIndex,
            let ordinal = Int(text[text.index(after: dash)...]),
            ordinal > 0
        else { return nil }
        self.init(Reflection.ID(String(text[..<dash])), ordinal)
    }

    package var description: String { "\(reflection)-\(ordinal)" }
}
