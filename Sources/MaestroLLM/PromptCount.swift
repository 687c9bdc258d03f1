// SPDX-License-Identifier: Apache-2.0

/// Whether a server's count of the prompt's tokens shows that it cut the prompt without saying so.
///
/// The prompt is taken to have at the least one token for five letters: tokenizers in use make one of 3 to 4.8 letters of
/// English, code or Russian, and of fewer in scripts whose letters take three bytes, which is why letters are counted
/// and not bytes. Under 70 % of that, no tokenizer explains the count. A count that is a whole number of KiB tokens is
/// what a context window leaves of a longer prompt (Ollama fills it to the brim); there the least itself is the line.
enum PromptCount {
    static let lettersPerToken = 5

    static func isTruncated(counted: Int, letters: Int) -> Bool {
        let least = Double(letters) / Double(lettersPerToken)
        let line = counted >= 1024 && counted.isMultiple(of: 1024) ? least : least * 0.7
        return counted > 0 && Double(counted) < line
    }
}
