// SPDX-License-Identifier: Apache-2.0

/// Secrets that only the name of their place gives away: `password = "…"`, `"api_key": "…"`, `<password>…`.
///
/// Made anew for each text: it remembers the last run of value letters, so that a text of keys in keys
/// (`token=token=…`) costs no more than another.
struct KeyedSecret {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// A longer value is no key.
    private static let longest = 2048
    /// How many places of one run of letters are looked at.
    private static let mostLooks = 8
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

    private var run = 0..<0
    private var looks = 0

    /// The value behind the sign (`=`, `:` or the `>` of a tag) at `index`, where a known key stands before it.
    mutating func find(in bytes: Bytes, signAt index: Int) -> SecretFind? {
        var end = index
        while end > 0, index - end < 8, Self.isFiller(bytes[end - 1]) || bytes[end - 1] == UInt8(ascii: "\\") {
            end -= 1
        }
        guard end > 0, Self.lastLetters[Int(bytes[end - 1])], let key = Self.key(bytes, endingAt: end) else {
            return nil
        }
        if bytes[index] == UInt8(ascii: ">") {
            guard end == index, Self.isTag(bytes, key.range) else { return nil }
        }
        var cursor = index + 1
        // `:=`, `=>`, `==`
        while cursor < bytes.count, cursor - index < 3, "=>".utf8.contains(bytes[cursor]) { cursor += 1 }
        return value(of: key.isPassword, bytes, from: cursor)
    }

    /// The value behind an option: `--password …`.
    mutating func find(in bytes: Bytes, optionAt index: Int) -> SecretFind? {
        var end = index + 2
        while end < bytes.count, end - index < 34, Self.nameTable[Int(bytes[end])] { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: " "), let key = Self.key(bytes, endingAt: end) else {
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

    private mutating func value(of isPassword: Bool, _ bytes: Bytes, from start: Int) -> SecretFind? {
        var cursor = start
        while cursor < bytes.count, cursor - start < 16 {
            // A backslash is skipped before a quote only: in `\n` it belongs to what follows.
            let isEscape =
                bytes[cursor] == UInt8(ascii: "\\") && cursor + 1 < bytes.count
                && "\"'\\".utf8.contains(bytes[cursor + 1])
            guard Self.isFiller(bytes[cursor]) || isEscape else { break }
            cursor += 1
        }
        guard let end = end(of: cursor, in: bytes), ((isPassword ? 8 : 16)...Self.longest).contains(end - cursor),
            Self.isRandom(bytes, cursor..<end, isPassword: isPassword), !Self.isStandIn(bytes, cursor..<end)
        else { return nil }
        return SecretFind(range: cursor..<end, name: isPassword ? "password" : "keyed-value")
    }

    /// The end of the run of value letters around `cursor`; nil where it was looked at often enough.
    private mutating func end(of cursor: Int, in bytes: Bytes) -> Int? {
        if run.contains(cursor) {
            looks += 1
            return looks > Self.mostLooks ? nil : run.upperBound
        }
        var end = cursor
        while end < bytes.count, Self.valueTable[Int(bytes[end])] { end += 1 }
        run = cursor..<end
        looks = 0
        return end
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
        return isUpper && isBehindLower || SecretBytes.isBoundary(bytes, before: index)
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
            !"/~.@".utf8.contains(bytes[range.lowerBound]),
            isPassword || !isWords(bytes, range) && !isTypeName(bytes, range)
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

    /// What a declaration names behind its colon: `Curve25519.KeyAgreement.PrivateKey`, `ASN1ObjectIdentifier`.
    private static func isTypeName(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        func kind(_ byte: UInt8) -> Int { byte < 0x3A ? 0 : byte < 0x5B ? 1 : 2 }
        guard let last = bytes[range].split(separator: UInt8(ascii: ".")).last, let first = last.first,
            kind(first) == 1,
            bytes[range].allSatisfy({ nameTable[Int($0)] || $0 == UInt8(ascii: ".") })
        else { return false }
        // A random text changes between letters and digits all the time, a name only where a word begins.
        let turns = zip(bytes[range], bytes[range].dropFirst()).count { a, b in
            kind(a) != kind(b) && !(kind(a) == 1 && kind(b) == 2)
        }
        return turns * 4 <= range.count
    }

    /// `$NAME`, `%NAME%`, `self.password`, and what says itself that it stands for something.
    private static func isStandIn(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        let first = bytes[range.lowerBound]
        let isName = bytes[range].dropFirst().allSatisfy {
            (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F || $0 == UInt8(ascii: "%")
        }
        if isName, first == UInt8(ascii: "$") || first == UInt8(ascii: "%") { return true }
        let start = String(decoding: bytes[range].prefix(12), as: UTF8.self).lowercased()
        return SecretRules.code.contains { start.hasPrefix($0) } || SecretBytes.isStandIn(bytes, range)
    }
}
