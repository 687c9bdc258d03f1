// SPDX-License-Identifier: Apache-2.0

/// PEM blocks of private keys, also inside JSON strings, indented, numbered by line, or cut off.
enum PrivateKey {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// Longest line of a block's own headers (`DEK-Info: …`), and what stands between two lines of a key.
    private static let longestGap = 96
    /// Runs of key letters: a first one close to the mark, the others as long as lines of a key are.
    private static let firstRun = 12
    private static let nextRun = 32
    private static let table = SecretRule.Alphabet.base64.table

    /// From `-----BEGIN … PRIVATE KEY-----` through its end mark, or through the last line that is still key.
    ///
    /// A mark without a key behind it is code or prose about keys, and stays.
    static func find(in bytes: Bytes, at index: Int) -> SecretFind? {
        guard SecretBytes.has(bytes, "-----BEGIN ", at: index), let body = body(bytes, index) else { return nil }
        var cursor = body
        var last: Int?
        while cursor < bytes.count, cursor - (last ?? body) <= longestGap {
            if SecretBytes.has(bytes, "-----END ", at: cursor) {
                return last.map { _ in SecretFind(range: index..<mark(bytes, cursor), name: "private-key") }
            }
            let end = SecretBytes.run(bytes, from: cursor, table)
            let isFirst = last == nil && cursor - body < 16
            if end - cursor >= (isFirst ? firstRun : nextRun) { last = end }
            cursor = max(end, cursor + 1)
        }
        return last.map { SecretFind(range: index..<$0, name: "private-key") }
    }

    /// Where the key's letters may start: behind `PRIVATE KEY-----` or `PRIVATE KEY BLOCK-----`.
    private static func body(_ bytes: Bytes, _ index: Int) -> Int? {
        var cursor = index + 11
        while cursor < min(bytes.count, index + 48), !SecretBytes.has(bytes, "PRIVATE KEY", at: cursor) { cursor += 1 }
        guard SecretBytes.has(bytes, "PRIVATE KEY", at: cursor) else { return nil }
        cursor += 11
        if SecretBytes.has(bytes, " BLOCK", at: cursor) { cursor += 6 }
        return SecretBytes.has(bytes, "-----", at: cursor) ? cursor + 5 : nil
    }

    /// The end of the end mark that starts at `index`.
    private static func mark(_ bytes: Bytes, _ index: Int) -> Int {
        var cursor = index + 9
        while cursor < bytes.count, cursor - index < 60, bytes[cursor] != UInt8(ascii: "-"), bytes[cursor] >= 0x20 {
            cursor += 1
        }
        return SecretBytes.has(bytes, "-----", at: cursor) ? cursor + 5 : cursor
    }
}
