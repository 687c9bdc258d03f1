// SPDX-License-Identifier: Apache-2.0

/// What every look for secrets asks of a text's bytes.
enum SecretBytes {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// A value that says itself that it stands for something: `<token>`, `xxxx`, `EXAMPLE`.
    static func isStandIn(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        let text = String(decoding: bytes[range].prefix(200), as: UTF8.self).lowercased()
        return SecretRules.standIns.contains { text.contains($0) }
    }

    static func has(_ bytes: Bytes, _ text: StaticString, at index: Int, anyCase: Bool = false) -> Bool {
        text.withUTF8Buffer { word in
            index >= 0 && index + word.count <= bytes.count
                && word.indices.allSatisfy {
                    bytes[index + $0] == word[$0] || anyCase && bytes[index + $0] | 0x20 == word[$0]
                }
        }
    }

    /// The end of the run of bytes of `table` from `start` on.
    static func run(_ bytes: Bytes, from start: Int, _ table: [Bool], most: Int = .max) -> Int {
        var end = start
        while end < bytes.count, end - start < most, table[Int(bytes[end])] { end += 1 }
        return end
    }

    /// Whether a token may start here: not in the middle of a word, so that `task-…` holds no `sk-…`.
    static func isBoundary(_ bytes: Bytes, before index: Int) -> Bool {
        guard index > 0 else { return true }
        let byte = bytes[index - 1]
        guard isWord(byte) else { return byte != 0x5F && byte != 0x2D }
        return endsEscape(bytes, before: index)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Whether what stands before `index` is no word but the end of `\n`, `\u0022`, `%3D` or a terminal's colour.
    private static func endsEscape(_ bytes: Bytes, before index: Int) -> Bool {
        func byte(_ back: Int) -> UInt8 { index >= back ? bytes[index - back] : 0 }
        if byte(2) == UInt8(ascii: "\\"), "nrtbf".utf8.contains(byte(1)) { return true }
        if byte(6) == UInt8(ascii: "\\"), byte(5) == UInt8(ascii: "u") { return true }
        if byte(3) == UInt8(ascii: "%"), isHex(byte(1)), isHex(byte(2)) { return true }
        guard byte(1) == UInt8(ascii: "m") else { return false }
        var back = 2
        while back < 12, (0x30...0x39).contains(byte(back)) || byte(back) == UInt8(ascii: ";") { back += 1 }
        return byte(back) == UInt8(ascii: "[")
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
