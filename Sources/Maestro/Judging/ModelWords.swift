// SPDX-License-Identifier: Apache-2.0

/// A model's words, made fit to be shown.
enum ModelWords {
    /// As they may stand in history and on a terminal: one line, no secret, nothing hidden.
    static func harmless(_ words: String, length: Int = 80) -> String {
        let cut = Redactor.standard.redacting(String(words.prefix(length))).text
        return EntryFile.oneLine(HiddenCharacters.removed(from: cut))
    }
}
