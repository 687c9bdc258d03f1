// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Secrets without a prefix of their own: PEM blocks, JWTs, passwords in URLs, HTTP headers, tokens of bots.
enum SecretShapes {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// What starts (or, for a key's value, what is introduced) at `index`.
    static func find(in bytes: Bytes, at index: Int, _ keyed: inout KeyedSecret) -> SecretFind? {
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

    private static let urlTable = SecretRule.Alphabet.url.table
    private static let tokenTable = SecretRule.Alphabet.token.table

    /// `eyJ….eyJ….…`: header, payload and signature.
    private static func jwt(_ bytes: Bytes, _ index: Int) -> SecretFind? {
        guard SecretBytes.has(bytes, "eyJ", at: index), SecretBytes.isBoundary(bytes, before: index) else { return nil }
        var end = SecretBytes.run(bytes, from: index, urlTable)
        guard end - index >= 12, end < bytes.count, bytes[end] == UInt8(ascii: ".") else { return nil }
        let payload = end + 1
        guard SecretBytes.has(bytes, "eyJ", at: payload) else { return nil }
        end = SecretBytes.run(bytes, from: payload, urlTable)
        guard end - payload >= 10 else { return nil }
        if end < bytes.count, bytes[end] == UInt8(ascii: ".") { end = SecretBytes.run(bytes, from: end + 1, urlTable) }
        return SecretFind(range: index..<end, name: "jwt")
    }

    /// The password of `scheme://user:password@host`, and it alone.
    private static func urlPassword(_ bytes: Bytes, _ index: Int) -> SecretFind? {
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
        return SecretFind(range: colon + 1..<at, name: "url-password")
    }

    private static func isStandInPassword(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        let text = String(decoding: bytes[range], as: UTF8.self)
        let isVariable =
            text.first == "$"
            && text.dropFirst().utf8.allSatisfy {
                (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
        return isVariable || SecretBytes.has(bytes, "[secret:", at: range.lowerBound)
            || text.first == "{" && text.last == "}"
            || SecretRules.standInPasswords.contains(text.lowercased()) || SecretBytes.isStandIn(bytes, range)
    }

    /// The value of `Bearer …` and `Basic …`.
    private static func header(_ bytes: Bytes, _ index: Int) -> SecretFind? {
        let isBearer = SecretBytes.has(bytes, "bearer ", at: index, anyCase: true)
        guard isBearer || SecretBytes.has(bytes, "basic ", at: index, anyCase: true),
            SecretBytes.isBoundary(bytes, before: index)
        else { return nil }
        let start = index + (isBearer ? 7 : 6)
        let end = SecretBytes.run(bytes, from: start, tokenTable)
        let isToken = isBearer ? isBearerToken(bytes, start..<end) : isBasicCredential(bytes, start..<end)
        guard isToken, !SecretBytes.isStandIn(bytes, start..<end) else { return nil }
        return SecretFind(range: start..<end, name: isBearer ? "bearer-token" : "basic-auth")
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
    private static func telegramToken(_ bytes: Bytes, _ index: Int) -> SecretFind? {
        guard SecretBytes.has(bytes, ":AA", at: index),
            SecretBytes.run(bytes, from: index + 1, urlTable, most: 36) == index + 36
        else {
            return nil
        }
        var start = index
        while start > 0, index - start < 15, (0x30...0x39).contains(bytes[start - 1]) { start -= 1 }
        // The four digits of `\u0022` are not the bot's.
        if SecretBytes.has(bytes, "\\u", at: start - 2) { start += 4 }
        guard (8...10).contains(index - start) else { return nil }
        return SecretFind(range: start..<index + 36, name: "telegram-token")
    }

    /// What the base64 of a Discord bot's number, 17 through 19 digits, starts with.
    static let botTokenStarts = ["MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"]

    /// `<number>.<time>.<signature>` of a Discord bot: 24 to 26, 6 and 27 to 38 characters.
    private static func discordToken(_ bytes: Bytes, _ index: Int) -> SecretFind? {
        guard SecretBytes.isBoundary(bytes, before: index) else { return nil }
        let number = SecretBytes.run(bytes, from: index, urlTable, most: 27)
        guard (23...26).contains(number - index), number < bytes.count, bytes[number] == UInt8(ascii: ".") else {
            return nil
        }
        let time = SecretBytes.run(bytes, from: number + 1, urlTable, most: 8)
        guard time - number == 7, time < bytes.count, bytes[time] == UInt8(ascii: ".") else { return nil }
        let end = SecretBytes.run(bytes, from: time + 1, urlTable, most: 40)
        guard (27...38).contains(end - time - 1) else { return nil }
        return SecretFind(range: index..<end, name: "discord-token")
    }
}
