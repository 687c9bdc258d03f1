// SPDX-License-Identifier: Apache-2.0

/// Finds secrets in bytes, in one pass: a table of the first two bytes says where to look closer.
struct SecretScanner: Sendable {
    private struct Compiled {
        let name: String
        let prefix: [UInt8]
        let table: [Bool]
        let least: Int
        let most: Int
        let digits: Int
    }

    private let rules: [Compiled]
    /// The rules to try, longest prefix first, by the number that `groups` has for the pair of first bytes.
    private let rulesByGroup: [[Int]]
    /// Per pair of first bytes: 0 nearly everywhere.
    private let groups: [UInt8]
    /// One bit a pair, so that the pass over plain text touches 8 KB of memory.
    private let pairs: [UInt64]

    init(_ rules: [SecretRule] = SecretRules.all) {
        let compiled = rules.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }.map(Self.compiled)
        var groups = [UInt8](repeating: 0, count: 65536)
        var rulesByGroup: [[Int]] = [[]]
        var pairs = [UInt64](repeating: 0, count: 1024)
        for (index, rule) in compiled.enumerated() {
            let pair = Int(Self.pair(rule.prefix[0], rule.prefix[1]))
            if groups[pair] == 0 {
                precondition(rulesByGroup.count < 256, "more first pairs than a byte can number")
                groups[pair] = UInt8(rulesByGroup.count)
                rulesByGroup.append([])
            }
            rulesByGroup[Int(groups[pair])].append(index)
            pairs[pair >> 6] |= 1 << (pair & 63)
        }
        for pair in Self.shapePairs { pairs[Int(pair >> 6)] |= 1 << (pair & 63) }
        self.rules = compiled
        self.rulesByGroup = rulesByGroup
        self.groups = groups
        self.pairs = pairs
    }

    private static func compiled(_ rule: SecretRule) -> Compiled {
        Compiled(
            name: rule.name,
            prefix: Array(rule.prefix.utf8),
            table: rule.alphabet.table,
            least: rule.least,
            most: rule.most,
            digits: rule.digits
        )
    }

    private static func pair(_ a: UInt8, _ b: UInt8) -> UInt16 { UInt16(a) << 8 | UInt16(b) }

    /// Starts of shapes without a prefix of their own, and every sign behind which a value may stand.
    private static let shapePairs: [UInt16] =
        (["--", "ey", "//", "Be", "be", "BE", "Ba", "ba", "BA"] + SecretShapes.botTokenStarts)
        .map { Array($0.utf8) }.map { pair($0[0], $0[1]) }
        + "=:>".utf8.flatMap { sign in (0...255).map { pair(sign, $0) } }

    /// Every secret, from left to right, never overlapping.
    func finds(in bytes: UnsafeBufferPointer<UInt8>) -> [SecretFind] {
        var finds: [SecretFind] = []
        var keyed = KeyedSecret()
        var index = 0
        let last = bytes.count - 1
        pairs.withUnsafeBufferPointer { pairs in
            while index < last {
                let pair = Self.pair(bytes[index], bytes[index + 1])
                if pairs[Int(pair >> 6)] & (1 << (pair & 63)) != 0,
                    let find = find(in: bytes, at: index, pair, &keyed),
                    find.range.lowerBound >= finds.last?.range.upperBound ?? 0
                {
                    finds.append(find)
                    index = find.range.upperBound
                } else {
                    index += 1
                }
            }
        }
        return finds
    }

    private func find(
        in bytes: UnsafeBufferPointer<UInt8>,
        at index: Int,
        _ pair: UInt16,
        _ keyed: inout KeyedSecret
    ) -> SecretFind? {
        let group = groups[Int(pair)]
        if group != 0, SecretBytes.isBoundary(bytes, before: index) {
            for rule in rulesByGroup[Int(group)] {
                if let range = range(of: rule, in: bytes, at: index) {
                    return SecretFind(range: range, name: rules[rule].name)
                }
            }
        }
        return SecretShapes.find(in: bytes, at: index, &keyed)
    }

    private func range(of rule: Int, in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
        let count = rules[rule].prefix.count
        guard bytes.count - start >= count + rules[rule].least,
            (0..<count).allSatisfy({ bytes[start + $0] == rules[rule].prefix[$0] })
        else { return nil }
        let rule = rules[rule]
        let body = start + count
        var end = body
        var digits = 0
        while end < bytes.count, end - body <= rule.most, rule.table[Int(bytes[end])] {
            if (0x30...0x39).contains(bytes[end]) { digits += 1 }
            end += 1
        }
        guard (rule.least...rule.most).contains(end - body), digits >= rule.digits,
            !SecretBytes.isStandIn(bytes, start..<end)
        else { return nil }
        return start..<end
    }
}
