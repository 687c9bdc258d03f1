// SPDX-License-Identifier: Apache-2.0

/// How often each word stands in a text: what ranking looks at.
///
/// Made once for an entry and kept with it.
package struct WordBag: Hashable, Sendable {
    /// One word and how often it stands there.
    struct Term: Hashable, Sendable {
        let word: UInt32
        var count: UInt16
    }

    /// By the numbers of the words, ascending, each once.
    let terms: [Term]
    /// All words, with repetitions.
    let length: Int

    package init(_ text: String) {
        let all = Words.numbers(of: text).sorted()
        var terms: [Term] = []
        for word in all {
            if word == terms.last?.word {
                terms[terms.count - 1].count &+= 1
            } else {
                terms.append(Term(word: word, count: 1))
            }
        }
        self.terms = terms
        length = all.count
    }
}
