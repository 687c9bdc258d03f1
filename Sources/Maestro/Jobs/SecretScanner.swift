// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Finds secrets in bytes, in one pass: a table of the first two bytes says where to look closer.
struct SecretScanner: Sendable {
    struct Find: Hashable {
        let range: Range<Int>
        let name: String
    }

    private struct Compiled {
        let name: String
        let prefix: [UInt8]
        let table: [Bool]
        let least: Int
        let most: Int
        let digits: Int
    }

    private let rules: [Compiled]
    /// Per pair of first bytes: the rules to try, longest prefix first; empty nearly everywhere.
    private let rulesByPair: [UInt16: [Int]]
    /// One bit a pair, so that the pass over plain text touches 8 KB of memory.
    private let pairs: [UInt64]

    init(_ rules: [SecretRule] = SecretRules.all) {
        let sorted = rules.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
        self.rules = sorted.map {
            Compiled(
                name: $0.name,
                prefix: Array($0.prefix.utf8),
                table: $0.alphabet.table,
                least: $0.least,
                most: $0.most,
                digits: $0.digits
            )
        }
        var byPair: [UInt16: [Int]] = [:]
        for (index, rule) in self.rules.enumerated() {
            byPair[Self.pair(rule.prefix[0], rule.prefix[1]), default: []].append(index)
        }
        rulesByPair = byPair
        var pairs = [UInt64](repeating: 0, count: 1024)
        for pair in Array(byPair.keys) + Self.shapePairs { pairs[Int(pair >> 6)] |= 1 << (pair & 63) }
        self.pairs = pairs
    }

    private static func pair(_ a: UInt8, _ b: UInt8) -> UInt16 { UInt16(a) << 8 | UInt16(b) }

    /// Starts of shapes without a prefix of their own: PEM, JWT, URL, header, and the ends of keys before `=` or `:`.
    private static let shapePairs: [UInt16] =
        ["--", "ey", "//", "Be", "be", "Ba"].map { Array($0.utf8) }.map { pair($0[0], $0[1]) }
        + "dtyshDTYSH".utf8.flatMap { end in "=:\"' ".utf8.map { pair(end, $0) } }

    /// Every secret, from left to right, never overlapping.
    func finds(in bytes: UnsafeBufferPointer<UInt8>) -> [Find] {
        var finds: [Find] = []
        var index = 0
        pairs.withUnsafeBufferPointer { pairs in
            while index + 1 < bytes.count {
                let pair = Self.pair(bytes[index], bytes[index + 1])
                if pairs[Int(pair >> 6)] & (1 << (pair & 63)) != 0, let find = find(in: bytes, at: index, pair) {
                    finds.append(find)
                    index = find.range.upperBound
                } else {
                    index += 1
                }
            }
        }
        return finds
    }

    private func find(in bytes: UnsafeBufferPointer<UInt8>, at index: Int, _ pair: UInt16) -> Find? {
        for rule in rulesByPair[pair] ?? [] {
            if let range = range(of: rules[rule], in: bytes, at: index) {
                return Find(range: range, name: rules[rule].name)
            }
        }
        return SecretShapes.find(in: bytes, at: index)
    }

    private func range(of rule: Compiled, in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
        guard Self.isBoundary(bytes, before: start), bytes.count - start >= rule.prefix.count + rule.least,
            rule.prefix.indices.allSatisfy({ bytes[start + $0] == rule.prefix[$0] })
        else { return nil }
        let body = start + rule.prefix.count
        var end = body
        var digits = 0
        while end < bytes.count, end - body <= rule.most, rule.table[Int(bytes[end])] {
            if (0x30...0x39).contains(bytes[end]) { digits += 1 }
            end += 1
        }
        guard (rule.least...rule.most).contains(end - body), digits >= rule.digits else { return nil }
        guard !SecretShapes.isStandIn(bytes, start..<end) else { return nil }
        return start..<end
    }

    /// Whether a token may start here: not in the middle of a word, so that `task-…` holds no `sk-…`.
    static func isBoundary(_ bytes: UnsafeBufferPointer<UInt8>, before index: Int) -> Bool {
        guard index > 0 else { return true }
        let byte = bytes[index - 1]
        let isWord = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        // `\n` and `\t` in JSON text end in a letter that belongs to the escape.
        if isWord, index > 1, bytes[index - 2] == UInt8(ascii: "\\"), "nrt".utf8.contains(byte) { return true }
        return !isWord && byte != 0x5F && byte != 0x2D
    }
}
