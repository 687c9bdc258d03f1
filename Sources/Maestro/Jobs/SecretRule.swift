// SPDX-License-Identifier: Apache-2.0

/// One kind of secret that its prefix gives away: `ghp_` and 36 letters or digits.
struct SecretRule: Sendable {
    /// Which bytes a token is made of behind its prefix.
    enum Alphabet: Sendable {
        case hex, digits, upperAlphanumeric, alphanumeric
        /// `[A-Za-z0-9_-]`
        case url
        /// `[A-Za-z0-9+/=]`
        case base64
        /// `[A-Za-z0-9._~+/=-]`: what an HTTP token may hold.
        case token
        /// Everything but white space, quotes and brackets.
        case path
    }

    /// Names the placeholder: `[secret:github-token]`.
    let name: String
    let prefix: String
    let alphabet: Alphabet
    /// Fewest bytes behind the prefix.
    let least: Int
    /// Most bytes behind the prefix: a longer run is something else.
    let most: Int
    /// Fewest digits within the run, where words could look alike.
    let digits: Int

    init(_ name: String, _ prefix: String, _ alphabet: Alphabet, _ length: ClosedRange<Int>, digits: Int = 0) {
        self.name = name
        self.prefix = prefix
        self.alphabet = alphabet
        least = length.lowerBound
        most = length.upperBound
        self.digits = digits
    }
}

extension SecretRule.Alphabet {
    /// Membership of every byte.
    var table: [Bool] { (0...255).map { contains(UInt8($0)) } }

    private func contains(_ byte: UInt8) -> Bool {
        let isDigit = (0x30...0x39).contains(byte)
        let isUpper = (0x41...0x5A).contains(byte)
        let isLower = (0x61...0x7A).contains(byte)
        let isAlphanumeric = isDigit || isUpper || isLower
        return switch self {
        case .hex: isDigit || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
        case .digits: isDigit
        case .upperAlphanumeric: isDigit || isUpper
        case .alphanumeric: isAlphanumeric
        case .url: isAlphanumeric || byte == 0x5F || byte == 0x2D
        case .base64: isAlphanumeric || byte == 0x2B || byte == 0x2F || byte == 0x3D
        case .token: isAlphanumeric || "._~+/=-".utf8.contains(byte)
        case .path: byte > 0x20 && byte < 0x7F && !"\"'`<>()[]{}\\,;".utf8.contains(byte)
        }
    }
}
