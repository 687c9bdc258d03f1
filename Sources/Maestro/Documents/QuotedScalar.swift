// SPDX-License-Identifier: Apache-2.0

/// A YAML scalar: read where it is quoted, written so that any YAML reader gives the same text back.
struct QuotedScalar: Sendable {
    let value: String
    /// Index after the closing quote.
    let end: Int

    /// Reads the scalar whose opening quote stands at `start`; nil where it does not close before `limit`.
    ///
    /// Line breaks fold into one space, as YAML has it.
    init?(at start: Int, in bytes: [UInt8], limit: Int) {
        let quote = bytes[start]
        let isDouble = quote == UInt8(ascii: "\"")
        var out: [UInt8] = []
        var index = start + 1
        while index < limit {
            let byte = bytes[index]
            if byte == quote {
                guard !isDouble, index + 1 < limit, bytes[index + 1] == quote else {
                    value = String(decoding: out, as: UTF8.self)
                    end = index + 1
                    return
                }
                out.append(quote)
                index += 2
            } else if byte == UInt8(ascii: "\\"), isDouble {
                Self.unescape(&index, in: bytes, limit: limit, into: &out)
            } else if byte == 0x0A || byte == 0x0D {
                Self.fold(&index, in: bytes, limit: limit, into: &out)
            } else {
                out.append(byte)
                index += 1
            }
        }
        return nil
    }

    private static func fold(_ index: inout Int, in bytes: [UInt8], limit: Int, into out: inout [UInt8]) {
        while let last = out.last, last == 0x20 || last == 0x09 { out.removeLast() }
        while index < limit, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
        out.append(0x20)
    }

    private static func unescape(_ index: inout Int, in bytes: [UInt8], limit: Int, into out: inout [UInt8]) {
        index += 1
        guard index < limit else { return }
        let mark = bytes[index]
        index += 1
        let digits: Int
        switch mark {
        case UInt8(ascii: "n"): return out.append(0x0A)
        case UInt8(ascii: "t"): return out.append(0x09)
        case UInt8(ascii: "r"): return out.append(0x0D)
        case UInt8(ascii: "x"): digits = 2
        case UInt8(ascii: "u"): digits = 4
        case UInt8(ascii: "U"): digits = 8
        case 0x0A, 0x0D:
            while index < limit, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
            return
        default: return out.append(mark)
        }
        let hex = String(decoding: bytes[index..<min(index + digits, limit)], as: UTF8.self)
        index = min(index + digits, limit)
        let scalar = UInt32(hex, radix: 16).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
        out.append(contentsOf: String(Character(scalar)).utf8)
    }

    /// `text` as a plain scalar where every YAML reader takes it for this very text, else in double quotes.
    static func plainOrQuoted(_ text: String) -> String { isPlainSafe(text) ? text : doubleQuoted(text) }

    static func doubleQuoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
                result += "\\x" + Hexadecimal.text([UInt8(scalar.value)])
            case "\u{2028}": result += "\\u2028"
            case "\u{2029}": result += "\\u2029"
            case "\u{FEFF}": result += "\\uFEFF"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func singleQuoted(_ text: String) -> String {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }) else {
            return doubleQuoted(text)
        }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static func isPlainSafe(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        guard first.properties.isAlphabetic, last != " ", last != ":" else { return false }
        guard !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased()) else {
            return false
        }
        var previous: Unicode.Scalar = "a"
        for scalar in text.unicodeScalars {
            let value = scalar.value
            if value < 0x20 || (0x7F...0x9F).contains(value) || [0x2028, 0x2029, 0xFEFF].contains(value) {
                return false
            }
            if previous == ":", scalar == " " { return false }
            if previous == " ", scalar == "#" { return false }
            previous = scalar
        }
        return true
    }
}
