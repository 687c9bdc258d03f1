// SPDX-License-Identifier: Apache-2.0

/// Breaks good documents the way that models, networks and editors do, from a seed: the same seed breaks them alike.
package struct ByteMutator: Sendable {
    private var random: SeededGenerator
    /// Words that mean something to the parser under test, put in and exchanged for each other.
    private let tokens: [[UInt8]]

    package init(seed: UInt64, tokens: [String]) {
        random = SeededGenerator(seed: seed)
        self.tokens = tokens.map { Array($0.utf8) }
    }

    /// One of `documents` with one to four breaks; never more than twice as long and a little.
    package mutating func mutant(of documents: [String]) -> [UInt8] {
        var bytes = Array((documents.randomElement(using: &random) ?? "").utf8)
        let other = Array((documents.randomElement(using: &random) ?? "").utf8)
        let limit = bytes.count * 2 + 256
        for _ in 0..<([1, 1, 1, 2, 2, 3, 4].randomElement(using: &random) ?? 1) {
            breakOnce(&bytes, other)
            if bytes.count > limit { bytes.removeLast(bytes.count - limit) }
        }
        return bytes
    }

    private mutating func breakOnce(_ bytes: inout [UInt8], _ other: [UInt8]) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: bytes.removeLast(bytes.count - place(in: bytes))
        case 1: flip(&bytes)
        case 2: bytes.removeSubrange(piece(of: bytes))
        case 3: bytes.insert(contentsOf: bytes[piece(of: bytes)], at: place(in: bytes))
        case 4: bytes.replaceSubrange(piece(of: bytes), with: other[piece(of: other)])
        case 5, 6: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: place(in: bytes))
        case 7, 8: exchange(&bytes)
        default: repeatByte(&bytes)
        }
    }

    private mutating func flip(_ bytes: inout [UInt8]) {
        guard let index = bytes.indices.randomElement(using: &random) else { return }
        bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }

    /// One token that stands in the bytes for another.
    private mutating func exchange(_ bytes: inout [UInt8]) {
        let start = place(in: bytes)
        for token in tokens.shuffled(using: &random) where !token.isEmpty {
            guard let found = Self.index(of: token, in: bytes, from: start) else { continue }
            bytes.replaceSubrange(
                found..<found + token.count,
                with: tokens.randomElement(using: &random) ?? []
            )
            return
        }
    }

    private mutating func repeatByte(_ bytes: inout [UInt8]) {
        guard let byte = bytes.randomElement(using: &random) else { return }
        let count = Int.random(in: 1...64, using: &random)
        bytes.insert(contentsOf: Array(repeating: byte, count: count), at: place(in: bytes))
    }

    private mutating func place(in bytes: [UInt8]) -> Int { Int.random(in: 0...bytes.count, using: &random) }

    private mutating func piece(of bytes: [UInt8]) -> Range<Int> {
        let start = place(in: bytes)
        // Mostly short: a long piece breaks the whole document, which is found out soon and proves little.
        let longest = [1, 2, 4, 8, 64].randomElement(using: &random) ?? 1
        return start..<min(bytes.count, start + Int.random(in: 0...longest, using: &random))
    }

    private static func index(of token: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + token.count <= bytes.count {
            if bytes[index] == token[0], bytes[index..<index + token.count].elementsEqual(token) { return index }
            index += 1
        }
        return nil
    }
}
