// SPDX-License-Identifier: Apache-2.0

/// A model's words, made fit to be shown.
enum ModelWords {
    /// As they may stand in history and on a terminal: one line, no secret, nothing hidden.
    static func harmless(_ words: String, length: Int = 80) -> String {
        // A character may carry any number of marks, so that bytes are bounded as well.
        let bounded = String(words.prefix(length)).cut(toBytes: length * 8)
        let cut = Redactor.standard.redacting(bounded).text
        return EntryFile.oneLine(HiddenCharacters.removed(from: cut))
    }

    /// A name whose words are the trouble; also what follows on `feedback-` is looked at as a word.
    static func harmlessName(_ name: String) -> String {
        for end in ends(of: name) where !Redactor.standard.redacting(end).counts.isEmpty {
            return harmless(String(name.dropLast(end.count))) + harmless(end)
        }
        return harmless(name)
    }

    /// A name from each of its words but the first on: behind `feedback-` a secret does not begin a word any more.
    static func ends(of name: String) -> [String] {
        let name = name.prefix(64)
        return name.indices.filter { "-_.".contains(name[$0]) }.map { String(name[$0...].dropFirst()) }
    }
}
