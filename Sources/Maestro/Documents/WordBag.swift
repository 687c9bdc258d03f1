// SPDX-License-Identifier: Apache-2.0

/// How often each word stands in a text: what ranking looks at.
///
/// Made once for an entry and kept with it.
package struct WordBag: Hashable, Sendable {
    /// Numbers of the words, ascending, each once.
    let words: [UInt32]
    /// How often each of ``words`` stands there.
    let counts: [UInt16]
    /// All words, with repetitions.
    let length: Int

    package init(_ text: String) {
        let all = Words.numbers(of: text).sorted()
        var words: [UInt32] = []
        var counts: [UInt16] = []
        for word in all {
            if word == words.last {
                counts[counts.count - 1] = counts[counts.count - 1] &+ 1
            } else {
                words.append(word)
                counts.append(1)
            }
        }
        self.words = words
        self.counts = counts
        length = all.count
    }
}
