// SPDX-License-Identifier: Apache-2.0

/// Addresses and numbers of persons, found by their shape alone.
///
/// Precise rather than complete.
enum PersonalData {
    enum Kind: String, Sendable {
        case email = "an e-mail address"
        case phone = "a phone number"
        case card = "a payment card number"
    }

    struct Find: Hashable, Sendable {
        let kind: Kind
        let text: String
    }

    /// Mailboxes of roles and machines, and domains reserved for examples (RFC 2606).
    private static let roles: Set<String> = [
        "git", "noreply", "no-reply", "support", "info", "admin", "root", "security", "contact", "help", "team", "dev",
        "postmaster", "webmaster", "test", "user", "name", "you", "me", "hello", "sales", "billing", "actions", "bot",
    ]
    private static let exampleDomains = ["example.com", "example.org", "example.net", "noreply.github.com"]

    /// What stands in `text`; `isStrict` also takes mailboxes of roles and of example domains for persons'.
    static func found(in text: String, isStrict: Bool = false) -> [Find] {
        emails(in: text, isStrict: isStrict) + numbers(in: text)
    }

    private static func emails(in text: String, isStrict: Bool) -> [Find] {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return [] }
        let tokens = text.split { !isAddressCharacter($0) }
        return tokens.compactMap { token in
            var token = token
            while let last = token.last, ".-_%+".contains(last) { token.removeLast() }
            let parts = token.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let mailbox = parts[0].lowercased()
            let domain = parts[1].lowercased().split(separator: ".", omittingEmptySubsequences: false)
            guard !mailbox.isEmpty, isStrict || !roles.contains(mailbox), domain.count >= 2,
                domain.allSatisfy({ !$0.isEmpty })
            else { return nil }
            guard let top = domain.last, top.count >= 2, top.allSatisfy(\.isLetter) else { return nil }
            let name = domain.joined(separator: ".")
            if !isStrict, exampleDomains.contains(where: { name == $0 || name.hasSuffix("." + $0) }) { return nil }
            return Find(kind: .email, text: String(token))
        }
    }

    private static func isAddressCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "@._%+-".contains(character)
    }

    /// Runs of digits with single separators: card numbers by their checksum, phone numbers by `+` or grouping.
    private static func numbers(in text: String) -> [Find] {
        let bytes = Array(text.utf8)
        var finds: [Find] = []
        var index = 0
        while index < bytes.count {
            guard isDigit(bytes[index]) || bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "(") else {
                index += 1
                continue
            }
            let end = endOfNumber(from: index, in: bytes)
            let isWordBefore = index > 0 && (isWord(bytes[index - 1]) || [0x2E, 0x2D, 0x2F].contains(bytes[index - 1]))
            let isWordAfter = end < bytes.count && isWord(bytes[end])
            if !isWordBefore, !isWordAfter, let kind = kind(of: bytes[index..<end]) {
                finds.append(Find(kind: kind, text: String(decoding: bytes[index..<end], as: UTF8.self)))
            }
            index = max(end, index + 1)
        }
        return finds
    }

    private static func endOfNumber(from start: Int, in bytes: [UInt8]) -> Int {
        var end = start + 1
        var index = start + 1
        while index < bytes.count {
            if isDigit(bytes[index]) {
                end = index + 1
            } else if ![0x20, 0x2D, 0x2E, 0x28, 0x29].contains(bytes[index]) || index > end + 1 {
                break
            }
            index += 1
        }
        return end
    }

    private static func kind(of run: ArraySlice<UInt8>) -> Kind? {
        let digits = run.filter(isDigit).map { Int($0 - 0x30) }
        let groups = run.split { !isDigit($0) }.map(\.count)
        // Card numbers: ISO/IEC 7812, 13 to 19 digits with a Luhn checksum, issuers 2 to 6.
        if (13...19).contains(digits.count), let first = digits.first, (2...6).contains(first), hasChecksum(digits) {
            if groups.count == 1 || groups.allSatisfy({ (2...7).contains($0) }) { return .card }
        }
        // E.164 with its plus sign, or the North American grouping 3-3-4.
        if run.first == UInt8(ascii: "+"), (9...15).contains(digits.count) { return .phone }
        if groups == [3, 3, 4] || groups == [1, 3, 3, 4], !run.contains(0x2E) { return .phone }
        return nil
    }

    private static func hasChecksum(_ digits: [Int]) -> Bool {
        var sum = 0
        for (place, digit) in digits.reversed().enumerated() {
            let doubled = place % 2 == 1 ? digit * 2 : digit
            sum += doubled > 9 ? doubled - 9 : doubled
        }
        return sum > 0 && sum % 10 == 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte >= 0x80
    }
}
