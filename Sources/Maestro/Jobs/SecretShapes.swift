// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Secrets without a prefix of their own: PEM blocks, JWTs, passwords in URLs, HTTP headers, tokens of bots.
enum SecretShapes {
    typealias Bytes = UnsafeBufferPointer<UInt8>
    typealias Find = SecretScanner.Find

    /// What starts (or, for a key's value, what is introduced) at `index`.
    static func find(in bytes: Bytes, at index: Int, _ keyed: inout KeyedSecret) -> Find? {
        switch bytes[index] {
        case UInt8(ascii: ":"):
            keyed.find(in: bytes, signAt: index) ?? telegramToken(bytes, index)
        case UInt8(ascii: "="), UInt8(ascii: ">"): keyed.find(in: bytes, signAt: index)
        case UInt8(ascii: "-"): PrivateKey.find(in: bytes, at: index) ?? keyed.find(in: bytes, optionAt: index)
        case UInt8(ascii: "e"): jwt(bytes, index)
        case UInt8(ascii: "/"): urlPassword(bytes, index)
        case UInt8(ascii: "B"), UInt8(ascii: "b"): header(bytes, index)
        case UInt8(ascii: "M"), UInt8(ascii: "N"), UInt8(ascii: "O"): discordToken(bytes, index)
        default: nil
        }
    }

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

    private static let urlTable = SecretRule.Alphabet.url.table
    private static let tokenTable = SecretRule.Alphabet.token.table

    private static func run(_ bytes: Bytes, from start: Int, _ table: [Bool], most: Int = .max) -> Int {
        var end = start
        while end < bytes.count, end - start < most, table[Int(bytes[end])] { end += 1 }
        return end
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
        var colon: Int?
        var at: Int?
        var end = index + 2
        while end < bytes.count, end - index < 1024, bytes[end] > 0x20, !"\"'`<>\\/?".utf8.contains(bytes[end]) {
            if bytes[end] == UInt8(ascii: ":"), colon == nil { colon = end }
            if bytes[end] == UInt8(ascii: "@"), let colon, end > colon + 1 { at = end }
            end += 1
        }
        guard let colon, let at, !isStandInPassword(bytes, colon + 1..<at) else { return nil }
        return Find(range: colon + 1..<at, name: "url-password")
    }

    private static func isStandInPassword(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        let text = String(decoding: bytes[range], as: UTF8.self)
        let isVariable =
            text.first == "$"
            && text.dropFirst().utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
        return isVariable || has(bytes, "[secret:", at: range.lowerBound) || text.first == "{" && text.last == "}"
            || SecretRules.standInPasswords.contains(text.lowercased()) || isStandIn(bytes, range)
    }

    /// The value of `Bearer …` and `Basic …`.
    private static func header(_ bytes: Bytes, _ index: Int) -> Find? {
        let isBearer = has(bytes, "bearer ", at: index, anyCase: true)
        guard isBearer || has(bytes, "basic ", at: index, anyCase: true),
            SecretScanner.isBoundary(bytes, before: index)
        else { return nil }
        let start = index + (isBearer ? 7 : 6)
        let end = run(bytes, from: start, tokenTable)
        let isToken = isBearer ? isBearerToken(bytes, start..<end) : isBasicCredential(bytes, start..<end)
        guard isToken, !isStandIn(bytes, start..<end) else { return nil }
        return Find(range: start..<end, name: isBearer ? "bearer-token" : "basic-auth")
    }

    /// Long, spread like a random text, and with a digit, which `authentication-middleware` has not.
    private static func isBearerToken(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        range.count >= 20 && bytes[range].contains { (0x30...0x39).contains($0) }
            && Entropy.bits(of: bytes, range) >= 3.2
    }

    /// `user:password` in base64.
    private static func isBasicCredential(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        guard (8...1024).contains(range.count),
            let data = Data(base64Encoded: String(decoding: bytes[range], as: UTF8.self)),
            let text = String(data: data, encoding: .utf8)
        else { return false }
        return text.contains(":") && text.unicodeScalars.allSatisfy { $0.value >= 0x20 }
    }

    /// `123456789:AA…`: the number of a Telegram bot, and 35 characters of which the first two are always `AA`.
    private static func telegramToken(_ bytes: Bytes, _ index: Int) -> Find? {
        guard has(bytes, ":AA", at: index), run(bytes, from: index + 1, urlTable, most: 36) == index + 36 else {
            return nil
        }
        var start = index
        while start > 0, index - start < 15, (0x30...0x39).contains(bytes[start - 1]) { start -= 1 }
        // The four digits of `\u0022` are not the bot's.
        if has(bytes, "\\u", at: start - 2) { start += 4 }
        guard (8...10).contains(index - start) else { return nil }
        return Find(range: start..<index + 36, name: "telegram-token")
    }

    /// What the base64 of a Discord bot's number, 17 through 19 digits, starts with.
    static let botTokenStarts = ["MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"]

    /// `<number>.<time>.<signature>` of a Discord bot: 24 to 26, 6 and 27 to 38 characters.
    private static func discordToken(_ bytes: Bytes, _ index: Int) -> Find? {
        guard SecretScanner.isBoundary(bytes, before: index) else { return nil }
        let number = run(bytes, from: index, urlTable, most: 27)
        guard (23...26).contains(number - index), number < bytes.count, bytes[number] == UInt8(ascii: ".") else {
            return nil
        }
        let time = run(bytes, from: number + 1, urlTable, most: 8)
        guard time - number == 7, time < bytes.count, bytes[time] == UInt8(ascii: ".") else { return nil }
        let end = run(bytes, from: time + 1, urlTable, most: 40)
        guard (27...38).contains(end - time - 1) else { return nil }
        return Find(range: index..<end, name: "discord-token")
    }
}
