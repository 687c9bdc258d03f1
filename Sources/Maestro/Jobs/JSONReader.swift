// SPDX-License-Identifier: Apache-2.0

/// Reads JSON as models and agents write it: one linear pass over bytes, bounded in depth, never crashing.
///
/// Beyond RFC 8259 it accepts raw control characters and unknown escapes inside strings and notes that in `repairs`;
/// Foundation's reader refuses them, and models produce both.
package struct JSONReader {
    /// Deepest nesting that is read.
    static let maxDepth = 64

    package enum Failure: Error, Hashable, Sendable {
        /// The text ended inside a value.
        case truncated
        case unexpected(offset: Int)
        case tooDeep
        /// More values than were allowed for.
        case tooMany
    }

    /// What was accepted although JSON has it otherwise.
    package enum Repair: String, Hashable, Sendable {
        case controlCharacter = "raw control characters inside a text were accepted"
        case escape = "an unknown escape inside a text was taken literally"
        case surrogate = "half of a surrogate pair was replaced"
    }

    let bytes: [UInt8]
    package private(set) var index: Int
    package private(set) var repairs: Set<Repair> = []
    private var valuesLeft: Int

    /// A few bytes of a source can be dozens in memory: `maxValues` bounds what they may become.
    package init(_ bytes: [UInt8], at index: Int = 0, maxValues: Int = .max) {
        self.bytes = bytes
        self.index = index
        valuesLeft = maxValues
    }

    /// The value that starts here, white space before it skipped; `index` is behind it afterwards.
    package mutating func value(depth: Int = 0) throws(Failure) -> JSONValue {
        guard depth <= Self.maxDepth else { throw .tooDeep }
        guard valuesLeft > 0 else { throw .tooMany }
        valuesLeft -= 1
        skipSpace()
        guard index < bytes.count else { throw .truncated }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        default: return try word(depth: depth)
        }
    }

    package mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        var members: [JSONValue.Member] = []
        index += 1
        skipSpace()
        if try take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard index < bytes.count else { throw .truncated }
            guard bytes[index] == UInt8(ascii: "\"") else { throw .unexpected(offset: index) }
            let key = try string()
            skipSpace()
            guard try take(UInt8(ascii: ":")) else { throw .unexpected(offset: index) }
            members.append(.init(key: key, value: try value(depth: depth + 1)))
            skipSpace()
            if try take(UInt8(ascii: "}")) { return .object(members) }
            guard try take(UInt8(ascii: ",")) else { throw .unexpected(offset: index) }
        }
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        var items: [JSONValue] = []
        index += 1
        skipSpace()
        if try take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if try take(UInt8(ascii: "]")) { return .array(items) }
            guard try take(UInt8(ascii: ",")) else { throw .unexpected(offset: index) }
        }
    }

    private mutating func take(_ byte: UInt8) throws(Failure) -> Bool {
        guard index < bytes.count else { throw .truncated }
        guard bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// `true`, `false`, `null`, or a number; also `NaN` and `Infinity`, which callers refuse as numbers.
    private mutating func word(depth: Int) throws(Failure) -> JSONValue {
        let start = index
        while index < bytes.count, Self.isWordByte(bytes[index]) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        case "NaN", "Infinity", "-Infinity": return .number(text)
        default:
            if index == bytes.count, depth > 0 { throw .truncated }
            guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
                throw .unexpected(offset: start)
            }
            return .number(text)
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
        default: false
        }
    }

    private mutating func string() throws(Failure) -> String {
        index += 1
        var out: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20:
                repairs.insert(.controlCharacter)
                out.append(byte)
            default: out.append(byte)
            }
        }
        throw .truncated
    }

    private mutating func escape(into out: inout [UInt8]) throws(Failure) {
        guard index < bytes.count else { throw .truncated }
        let mark = bytes[index]
        index += 1
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(mark)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "u"): out.append(contentsOf: String(Character(try unicode())).utf8)
        default:
            repairs.insert(.escape)
            out += [UInt8(ascii: "\\"), mark]
        }
    }

    /// The scalar of `XXXX` or of a surrogate pair `XXXX\uXXXX`.
    private mutating func unicode() throws(Failure) -> Unicode.Scalar {
        guard let high = try fourDigits() else { return replacement() }
        if let scalar = Unicode.Scalar(high) { return scalar }
        let mark = index
        if high < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        {
            index += 2
            if let low = try fourDigits(), (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
            {
                return scalar
            }
            index = mark
        }
        return replacement()
    }

    private mutating func replacement() -> Unicode.Scalar {
        repairs.insert(.surrogate)
        return "\u{FFFD}"
    }

    private mutating func fourDigits() throws(Failure) -> UInt32? {
        guard index + 4 <= bytes.count else { throw .truncated }
        let digits = bytes[index..<index + 4]
        guard let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), digits.first != UInt8(ascii: "+")
        else {
            return nil
        }
        index += 4
        return value
    }
}
