// SPDX-License-Identifier: Apache-2.0

/// Secrets that only the name of their place gives away: `password = "…"`, `"api_key": "…"`, `<password>…`.
enum KeyedSecret {
    typealias Bytes = UnsafeBufferPointer<UInt8>
    typealias Find = SecretScanner.Find

    /// A longer value is no key, and bounds what a hostile text can cost.
    private static let longest = 2048
    private static let nameTable = SecretRule.Alphabet.url.table
    private static let valueTable = SecretRule.Alphabet.path.table
    private static let keys =
        SecretRules.keys.map { (name: Array($0.utf8), isSeparated: false) }
        + SecretRules.separatedKeys.map { (name: Array($0.utf8), isSeparated: true) }
    /// The letters that keys end with: says no to most signs at once.
    private static let lastLetters: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for key in keys.compactMap(\.name.last) {
            table[Int(key)] = true
            table[Int(key) - 0x20] = true
        }
        return table
    }()

    /// The value behind the sign (`=`, `:` or the `>` of a tag) at `index`, where a known key stands before it.
    static func find(in bytes: Bytes, signAt index: Int) -> Find? {
        var end = index
        while end > 0, index - end < 8, isFiller(bytes[end - 1]) || bytes[end - 1] == UInt8(ascii: "\\") { end -= 1 }
        guard end > 0, lastLetters[Int(bytes[end - 1])], let key = key(bytes, endingAt: end) else { return nil }
        if bytes[index] == UInt8(ascii: ">") {
            guard end == index, isTag(bytes, key.range) else { return nil }
        }
        var cursor = index + 1
        // `:=`, `=>`, `==`
        while cursor < bytes.count, cursor - index < 3, "=>".utf8.contains(bytes[cursor]) { cursor += 1 }
        return value(of: key.isPassword, bytes, from: cursor)
    }

    /// The value behind an option: `--password …`.
    static func find(in bytes: Bytes, optionAt index: Int) -> Find? {
        var end = index + 2
        while end < bytes.count, end - index < 34, nameTable[Int(bytes[end])] { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: " "), let key = key(bytes, endingAt: end) else {
            return nil
        }
        return value(of: key.isPassword, bytes, from: end)
    }

    private static func isFiller(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }

    private static func isTag(_ bytes: Bytes, _ key: Range<Int>) -> Bool {
        var start = key.lowerBound
        while start > 0, key.lowerBound - start < 32, nameTable[Int(bytes[start - 1])] { start -= 1 }
        return start > 0 && bytes[start - 1] == UInt8(ascii: "<")
    }

    private static func value(of isPassword: Bool, _ bytes: Bytes, from start: Int) -> Find? {
        var cursor = start
        while cursor < bytes.count, cursor - start < 16 {
            // A backslash is skipped before a quote only: in `\n` it belongs to what follows.
            let isEscape =
                bytes[cursor] == UInt8(ascii: "\\") && cursor + 1 < bytes.count
                && "\"'\\".utf8.contains(bytes[cursor + 1])
            guard isFiller(bytes[cursor]) || isEscape else { break }
            cursor += 1
        }
        var end = cursor
        while end < bytes.count, end - cursor <= longest, valueTable[Int(bytes[end])] { end += 1 }
        guard ((isPassword ? 8 : 16)...longest).contains(end - cursor),
            isRandom(bytes, cursor..<end, isPassword: isPassword), !isStandIn(bytes, cursor..<end)
        else { return nil }
        return Find(range: cursor..<end, name: isPassword ? "password" : "keyed-value")
    }

    // MARK: - The key

    /// The known key whose last letter stands before `end`.
    private static func key(_ bytes: Bytes, endingAt end: Int) -> (range: Range<Int>, isPassword: Bool)? {
        for (name, isSeparated) in keys {
            guard let start = start(of: name, in: bytes, endingAt: end) else { continue }
            let isBehindSeparator = start > 0 && (bytes[start - 1] == 0x5F || bytes[start - 1] == 0x2D)
            guard isBehindSeparator || !isSeparated && isStart(bytes, start) else { continue }
            let isPassword = name.starts(with: "pass".utf8) || name.last == UInt8(ascii: "d")
            return (start..<end, isPassword)
        }
        return nil
    }

    /// Where `name` starts if it ends at `end`, without case and over `_` and `-`.
    private static func start(of name: [UInt8], in bytes: Bytes, endingAt end: Int) -> Int? {
        var index = end
        for letter in name.reversed() {
            if index > 0, index < end, bytes[index - 1] == 0x5F || bytes[index - 1] == 0x2D { index -= 1 }
            guard index > 0, bytes[index - 1] | 0x20 == letter else { return nil }
            index -= 1
        }
        return index
    }

    /// Whether a name starts here, or a hump of `camelCase`.
    private static func isStart(_ bytes: Bytes, _ index: Int) -> Bool {
        guard index > 0 else { return true }
        let isUpper = (0x41...0x5A).contains(bytes[index])
        let isBehindLower = (0x61...0x7A).contains(bytes[index - 1])
        return isUpper && isBehindLower || SecretScanner.isBoundary(bytes, before: index)
            || bytes[index - 1] == 0x5F || bytes[index - 1] == 0x2D
    }

    // MARK: - The value

    /// Letters and digits mixed, with the spread of a random text; no path, no call, no plain words.
    private static func isRandom(_ bytes: Bytes, _ range: Range<Int>, isPassword: Bool) -> Bool {
        var digits = 0
        var letters = 0
        var marks = 0
        var slashes = 0
        var dots = 0
        for byte in bytes[range] {
            switch byte {
            case 0x30...0x39: digits += 1
            case 0x41...0x5A, 0x61...0x7A: letters += 1
            case UInt8(ascii: "/"): slashes += 1
            case UInt8(ascii: "."): dots += 1
            case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "^"), UInt8(ascii: "*"):
                marks += 1
            default: break
            }
        }
        guard digits > 0 || isPassword && marks > 0, letters > 0, slashes < 3 || slashes * 10 < range.count, dots < 3,
            !"/~.@".utf8.contains(bytes[range.lowerBound]), isPassword || !isWords(bytes, range)
        else { return false }
        // A call or an index right behind it: code that fetches a secret, not one.
        if range.upperBound < bytes.count, "([".utf8.contains(bytes[range.upperBound]) { return false }
        return Entropy.bits(of: bytes, range) >= (isPassword ? 2.75 : 3.5)
    }

    /// Words joined by marks, with short numbers at their ends: `my-app-tls-2026`, `parser.nextToken2`.
    private static func isWords(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        bytes[range].split { "-_./:".utf8.contains($0) }.allSatisfy { part in
            let word = part.prefix { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
            let number = part.dropFirst(word.count)
            let capitals = word.count { $0 < 0x61 }
            let isReadable = capitals == word.count || capitals * 3 <= word.count + 2
            return isReadable && word.count <= 24 && number.count <= 4
                && number.allSatisfy { (0x30...0x39).contains($0) }
        }
    }

    /// `$NAME`, `%NAME%`, `self.password`, and what says itself that it stands for something.
    private static func isStandIn(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        let first = bytes[range.lowerBound]
        let isName = bytes[range].dropFirst().allSatisfy {
            (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == UInt8(ascii: "%")
        }
        if isName, first == UInt8(ascii: "$") || first == UInt8(ascii: "%") { return true }
        let start = String(decoding: bytes[range].prefix(12), as: UTF8.self).lowercased()
        return SecretRules.code.contains { start.hasPrefix($0) } || SecretShapes.isStandIn(bytes, range)
    }
}
