// SPDX-License-Identifier: Apache-2.0

/// Words that a person gave while refusing a tool use.
enum RefusalWords {
    /// Words that stop the agent or put it off, and tell nothing for another job.
    private static let empty: Set = [
        "no", "not", "stop", "wait", "now", "later", "again", "hold", "second", "sec", "minute", "moment", "actually",
        "instead", "yet", "never", "mind", "cancel", "skip", "continue", "go", "ahead", "let", "think", "first", "try",
        "dont", "don", "just", "yes", "ok", "okay", "sorry", "hmm", "oop", "nope", "retry", "keep", "going", "back",
        "need",
        "want", "myself", "ll", "done", "know", "see", "check", "look", "abort", "thank", "am", "re", "did", "didn",
    ]
    private static let questions: Set = [
        "what", "why", "how", "where", "when", "who", "which", "is", "are", "does", "do", "did", "was", "have", "has",
    ]

    /// Whether the words say how the step should have been, rather than stop it or ask about it.
    static func says(_ words: String) -> Bool {
        guard Set(Words.of(words)).subtracting(empty).count >= 2 else { return false }
        guard words.onOneLine.hasSuffix("?"), !words.dropLast().contains(where: { ".!?\n".contains($0) }) else {
            return true
        }
        return !questions.contains(words.lowercased().prefix { $0.isLetter }.description)
    }
}
