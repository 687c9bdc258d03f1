// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A tool use that a person refused: with words, or without.
///
/// The sentences are Claude Code's: of its terminal, of its editor extension, for subagents, and for plans.
struct Refusal {
    /// What the person said; nil where they said nothing.
    let words: String?

    private static let openings = ["The user doesn't want to", "Permission for this tool use was denied"]
    /// Refusals that give no words; what follows is the host's, or the agent's own plan.
    private static let wordless = [
        "[Request interrupted by user", "The agent proposed a plan that was rejected by the user",
    ]
    private static let introductions = [
        "the user said:", "The user said:", "The user provided the following reason for the rejection:",
    ]
    /// The host's own words before a person's are shorter than this; what stands further behind introduces nothing.
    private static let maxPreamble = 300

    /// Nil where `text` is an ordinary error.
    init?(_ text: String) {
        let isWordless = Self.wordless.contains { text.hasPrefix($0) }
        guard isWordless || Self.openings.contains(where: { text.hasPrefix($0) }) else { return nil }
        let end = text.index(text.startIndex, offsetBy: Self.maxPreamble, limitedBy: text.endIndex) ?? text.endIndex
        let preamble = text.startIndex..<end
        let said = Self.introductions.lazy.compactMap { text.range(of: $0, range: preamble) }.first
        guard let said, !isWordless else {
            words = nil
            return
        }
        var rest = text[said.upperBound...]
        // Newer versions add a sentence of their own behind the person's words.
        if let note = rest.range(of: "\n\nNote: The user's next message") { rest = rest[..<note.lowerBound] }
        let trimmed = rest.trimmed
        words = trimmed.isEmpty ? nil : trimmed
    }
}
