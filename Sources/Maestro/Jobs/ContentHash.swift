// SPDX-License-Identifier: Apache-2.0

/// The SHA-256 of some bytes: the identity of a document's text, a reply, a line of the index.
package struct ContentHash: Hashable, Sendable {
    /// 64 lower-case hexadecimal digits.
    package let hex: String

    package init(hex: String) { self.hex = hex }
    package init(of text: String) { self.init(ofBytes: text.utf8) }
    package init(ofBytes bytes: some Sequence<UInt8>) { hex = Hexadecimal.text(SHA256.digest(of: bytes)) }
}

extension ContentHash: Codable, CustomStringConvertible {
    package init(from decoder: any Decoder) throws {
        self.init(hex: try decoder.singleValueContainer().decode(String.self))
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
    package var description: String { hex }
}

/// Bytes as lower-case hexadecimal digits.
package enum Hexadecimal {
    private static let digits: [Unicode.Scalar] = Array("0123456789abcdef".unicodeScalars)

    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            text.unicodeScalars.append(digits[Int(byte >> 4)])
            text.unicodeScalars.append(digits[Int(byte & 15)])
        }
        return text
    }
}
