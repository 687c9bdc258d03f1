// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Secrets without a prefix of their own: PEM blocks, JWTs, passwords in URLs, HTTP headers, `key = value`.
enum SecretShapes {
    typealias Bytes = UnsafeBufferPointer<UInt8>
    typealias Find = SecretScanner.Find

    /// What starts (or, for a key's value, what is introduced) at `index`.
    static func find(in bytes: Bytes, at index: Int) -> Find? {
        switch bytes[index] {
        case UInt8(ascii: "-"): pem(bytes, index)
        case UInt8(ascii: "e"): jwt(bytes, index)
        case UInt8(ascii: "/"): urlPassword(bytes, index)
        case UInt8(ascii: "B"), UInt8(ascii: "b"): header(bytes, index)
        default: keyedValue(bytes, index)
        }
    }

    /// A value that says itself that it stands for something: `<token>`, `xxxx`, `EXAMPLE`.
    static func isStandIn(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        let text = String(
            decoding: bytes[range.lowerBound..<min(range.upperBound, range.lowerBound + 200)],
            as: UTF8.self
        )
        .lowercased()
        return SecretRules.standIns.contains { text.contains($0) }
    }

    private static let urlTable = SecretRule.Alphabet.url.table
    private static let tokenTable = SecretRule.Alphabet.token.table
    private static let pathTable = SecretRule.Alphabet.path.table

    private static func run(_ bytes: Bytes, from start: Int, _ table: [Bool], most: Int = 4096) -> Int {
        var end = start
        while end < bytes.count, end - start < most, table[Int(bytes[end])] { end += 1 }
        return end
    }

    private static func has(_ bytes: Bytes, _ text: StaticString, at index: Int) -> Bool {
        text.withUTF8Buffer { word in
            index >= 0 && index + word.count <= bytes.count && word.indices.allSatisfy { bytes[index + $0] == word[$0] }
        }
    }

    private static func position(of text: StaticString, in bytes: Bytes, from start: Int, within: Int) -> Int? {
        let end = min(bytes.count, start + within)
        return (start..<max(start, end)).first { has(bytes, text, at: $0) }
    }

    /// From `-----BEGIN … PRIVATE KEY-----` through its end mark; to the end of the text where that is cut off.
    private static func pem(_ bytes: Bytes, _ index: Int) -> Find? {
        guard has(bytes, "-----BEGIN ", at: index),
            let key = position(of: "PRIVATE KEY", in: bytes, from: index, within: 48)
        else { return nil }
        guard let mark = position(of: "-----END ", in: bytes, from: key, within: 16_384) else {
            return Find(range: index..<min(bytes.count, index + 16_384).steppedBack(in: bytes), name: "private-key")
        }
        let end = position(of: "-----", in: bytes, from: mark + 9, within: 48).map { $0 + 5 } ?? mark + 9
        return Find(range: index..<end, name: "private-key")
    }

    /// `eyJ….eyJ….…`: header, payload and signature.
    private static func jwt(_ bytes: Bytes, _ index: Int) -> Find? {
        guard has(bytes, "eyJ", at: index), SecretScanner.isBoundary(bytes, before: index) else { return nil }
        var end = run(bytes, from: index, urlTable)
        guard end - index >= 12, end < bytes.count, bytes[end] == UInt8(ascii: ".") else { return nil }
        let payload = end + 1
        guard has(bytes, "eyJ", at: payload) else { return nil }
        end = run(bytes, from: payload, urlTable)
        guard end - payload >= 10 else { return nil }
        if end < bytes.count, bytes[end] == UInt8(ascii: ".") { end = run(bytes, from: end + 1, urlTable) }
        return Find(range: index..<end, name: "jwt")
    }

    /// The password of `scheme://user:password@host`, and it alone.
    private static func urlPassword(_ bytes: Bytes, _ index: Int) -> Find? {
        guard index > 1, bytes[index - 1] == UInt8(ascii: ":"), bytes[index + 1] == UInt8(ascii: "/") else {
            return nil
        }
        let start = index + 2
        var colon: Int?
        var end = start
        while end < bytes.count, end - start < 512, pathTable[Int(bytes[end])] || bytes[end] > 0x7F {
            if bytes[end] == UInt8(ascii: "@"), let colon, end > colon + 1 {
                let range = colon + 1..<end
                guard !isStandIn(bytes, range), !has(bytes, "[secret:", at: range.lowerBound) else { return nil }
                return Find(range: range, name: "url-password")
            }
            if bytes[end] == UInt8(ascii: ":"), colon == nil { colon = end }
            if bytes[end] == UInt8(ascii: "/") || bytes[end] == UInt8(ascii: "?") { return nil }
            end += 1
        }
        return nil
    }

    /// The value of `Bearer …` and `Basic …`.
    private static func header(_ bytes: Bytes, _ index: Int) -> Find? {
        guard SecretScanner.isBoundary(bytes, before: index) else { return nil }
        let isBearer = has(bytes, "Bearer ", at: index) || has(bytes, "bearer ", at: index)
        guard isBearer || has(bytes, "Basic ", at: index) else { return nil }
        let start = index + (isBearer ? 7 : 6)
        let end = run(bytes, from: start, tokenTable)
        guard end - start >= (isBearer ? 20 : 16), Entropy.bits(of: bytes, start..<end) >= 3.2,
            !isStandIn(bytes, start..<end)
        else { return nil }
        return Find(range: start..<end, name: isBearer ? "bearer-token" : "basic-auth")
    }

    /// The value of `password = "…"`, `"api_key": "…"`, `Password=…;`, where it looks random.
    private static func keyedValue(_ bytes: Bytes, _ index: Int) -> Find? {
        var cursor = index + 1
        // Closing quote of a JSON key, spaces, then the sign.
        while cursor < bytes.count, cursor - index < 6, "\"'\\ ".utf8.contains(bytes[cursor]) { cursor += 1 }
        guard cursor < bytes.count, bytes[cursor] == UInt8(ascii: "=") || bytes[cursor] == UInt8(ascii: ":") else {
            return nil
        }
        guard let key = key(bytes, endingAt: index) else { return nil }
        cursor += 1
        while cursor < bytes.count, "\"'\\ ".utf8.contains(bytes[cursor]) { cursor += 1 }
        let end = run(bytes, from: cursor, pathTable, most: 256)
        let isPassword = key.hasPrefix("pass") || key == "pwd"
        guard end - cursor >= (isPassword ? 8 : 16), end - cursor < 256,
            isRandom(bytes, cursor..<end, isPassword: isPassword),
            !isStandIn(bytes, cursor..<end)
        else { return nil }
        return Find(range: cursor..<end, name: isPassword ? "password" : "keyed-value")
    }

    /// The known key that ends at `index`, in lower case.
    private static func key(_ bytes: Bytes, endingAt index: Int) -> String? {
        var start = index
        while start > 0, index - start < 32, urlTable[Int(bytes[start - 1])] { start -= 1 }
        let word = String(decoding: bytes[start...index], as: UTF8.self).lowercased()
        return SecretRules.keys.first { word == $0 || word.hasSuffix("_" + $0) || word.hasSuffix("-" + $0) }
    }

    /// Letters and digits mixed, with the spread of a random text; no path, no call, no plain word.
    private static func isRandom(_ bytes: Bytes, _ range: Range<Int>, isPassword: Bool) -> Bool {
        var digits = 0
        var letters = 0
        var slashes = 0
        var dots = 0
        for byte in bytes[range] {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x41...0x5A, 0x61...0x7A: letters += 1
            case UInt8(ascii: "/"): slashes += 1
            case UInt8(ascii: "."): dots += 1
            default: break
            }
        }
        guard digits > 0, letters > 0, slashes < 3, dots < 3, bytes[range.lowerBound] != UInt8(ascii: "/") else {
            return false
        }
        // A call or an index right behind it: code that fetches a secret, not one.
        if range.upperBound < bytes.count, "([".utf8.contains(bytes[range.upperBound]) { return false }
        return Entropy.bits(of: bytes, range) >= (isPassword ? 2.75 : 3.5)
    }
}

/// Shannon entropy, in bits a byte.
private enum Entropy {
    static func bits(of bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Double {
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes[range] { counts[Int(byte)] += 1 }
        let total = Double(range.count)
        return counts.reduce(0) { sum, count in
            guard count > 0 else { return sum }
            let share = Double(count) / total
            return sum - share * log2(share)
        }
    }
}

extension Int {
    /// The index, moved back to the start of the UTF-8 sequence that it stands in.
    fileprivate func steppedBack(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var index = self
        while index > 0, index < bytes.count, bytes[index] & 0xC0 == 0x80 { index -= 1 }
        return index
    }
}
