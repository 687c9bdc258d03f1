// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Texts as their UTF-8 bytes: for what is looked for as it is spelt, and for what a file holds.
///
/// `contains`, `range(of:)` and `==` compare characters, for which the two ways of writing an umlaut are the same, at a
/// hundred times the cost.
extension String {
    /// Whether the bytes of `pattern` stand anywhere in this text.
    func hasBytes(of pattern: String) -> Bool { firstRange(ofBytes: pattern) != nil }

    /// Where the bytes of `pattern` stand first, at `start` or behind it.
    func firstRange(ofBytes pattern: String, from start: Index? = nil) -> Range<Index>? {
        let start = start ?? startIndex
        return withBytes(of: pattern) { text, pattern in
            let first = utf8.distance(from: utf8.startIndex, to: start)
            guard text.count - first >= pattern.count else { return nil }
            return (first...text.count - pattern.count).first { text.has(pattern, at: $0) }
        }
    }

    /// Where the bytes of `pattern` stand last, whole before `end`.
    func lastRange(ofBytes pattern: String, before end: Index? = nil) -> Range<Index>? {
        let end = end ?? endIndex
        return withBytes(of: pattern) { text, pattern in
            let last = utf8.distance(from: utf8.startIndex, to: end) - pattern.count
            return last < 0 ? nil : (0...last).last { text.has(pattern, at: $0) }
        }
    }

    private func withBytes(
        of pattern: String,
        find: (_ text: UnsafeBufferPointer<UInt8>, _ pattern: UnsafeBufferPointer<UInt8>) -> Int?
    ) -> Range<Index>? {
        var (text, pattern) = (self, pattern)
        let place = text.withUTF8 { text in pattern.withUTF8 { find(text, $0) } }
        guard let place else { return nil }
        let start = utf8.index(utf8.startIndex, offsetBy: place)
        return start..<utf8.index(start, offsetBy: pattern.utf8.count)
    }

    /// Whether a file that holds this text holds `other`.
    package func hasSameBytes(as other: String) -> Bool {
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard left.count == right.count else { return false }
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return memcmp(first, second, left.count) == 0
            }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether `pattern`, which fits there, stands at `place`.
    fileprivate func has(_ pattern: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        guard let first = pattern.first, let base = baseAddress, let start = pattern.baseAddress else { return true }
        return self[place] == first && memcmp(base + place, start, pattern.count) == 0
    }
}
