// SPDX-License-Identifier: Apache-2.0

/// A text without what a quotation may change, with the place that each byte came from.
struct FoldedText: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var origins: [Int] = []

    init(_ text: String) {
        var offset = 0
        var isSpacePending = false
        bytes.reserveCapacity(text.utf8.count)
        origins.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            defer { offset += width }
            guard let folded = Self.folded(scalar) else { continue }
            if folded == " " {
                isSpacePending = !bytes.isEmpty
                continue
            }
            if isSpacePending { append(" ", offset) }
            isSpacePending = false
            append(folded, offset)
        }
    }

    private mutating func append(_ text: String, _ offset: Int) {
        for byte in text.utf8 {
            bytes.append(byte)
            origins.append(offset)
        }
    }

    /// Nil for what is left out.
    private static func folded(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "*", "_", "`", "~", "#", ">", "\u{200B}", "\u{FEFF}": nil
        case "“", "”", "„", "«", "»", "‟", "″": "\""
        case "‘", "’", "‚", "‛", "′": "'"
        case "–", "—", "‐", "‑", "−": "-"
        case "…": "..."
        default: scalar.properties.isWhitespace ? " " : scalar.properties.lowercaseMapping
        }
    }
}
