// SPDX-License-Identifier: Apache-2.0

/// Turns any text into one harmless path component, the same way for ever.
package enum PathComponent {
    /// Longest encoded name that is kept whole, in bytes.
    private static let limit = 120
    /// What is kept of a longer one before its hash.
    private static let keptBytes = 80

    /// `[a-z0-9_-]` and a `.` that is not first stay, every other byte becomes `%xx`; over 120 bytes, the first
    /// 80 bytes + `~` + 16 hex digits of the SHA-256 of the original.
    ///
    /// Capital letters are encoded too, so that `Ann` and `ann` differ on file systems that ignore case. The empty
    /// text becomes `%`, which no other text can.
    package static func encoding(_ text: String) -> String {
        guard !text.isEmpty else { return "%" }
        var result = ""
        for (index, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ".") where index > 0:
                result.unicodeScalars.append(".")
            default:
                result += "%" + Hexadecimal.text([byte])
            }
        }
        guard result.utf8.count > limit else { return result }
        return String(result.prefix(keptBytes)) + "~" + ContentHash(of: text).hex.prefix(16)
    }

    /// The text that ``encoding(_:)`` made this component of; nil where it cannot be known (it was too long), or where
    /// the component is not one of ours.
    package static func decoding(_ component: String) -> String? {
        guard component != "%" else { return "" }
        var bytes: [UInt8] = []
        var rest = component.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self), encoding(text) == component else { return nil }
        return text
    }
}
