// SPDX-License-Identifier: Apache-2.0

/// A word as a number, so that thousands of entries can be compared without touching a text.
///
/// FNV-1a over the word's UTF-8 (http://www.isthe.com/chongo/tech/comp/fnv/), folded to 32 bits: the same everywhere and
/// always. Two words in a hundred thousand may share a number; a rank or a share of words can bear that.
enum WordNumber {
    static func of(_ word: some Sequence<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    static func of(_ word: String) -> UInt32 { of(word.utf8) }
}
