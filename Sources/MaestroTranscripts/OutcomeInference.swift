// SPDX-License-Identifier: Apache-2.0
import Maestro

/// How a session ended, where the source does not say: from what a person did or said last, never from the agent's claims.
enum OutcomeInference {
    private static let praise: Set = [
        "thanks", "thank", "thx", "perfect", "works", "great", "lgtm", "good", "nice", "awesome", "excellent",
        "cool", "brilliant", "wonderful",
    ]
    /// What may stand beside praise; any other word (a wish, a doubt, the next task) makes the turn prove nothing.
    private static let fillers: Set = [
        "you", "it", "that", "this", "all", "looks", "to", "me", "so", "much", "very", "now", "again", "for", "the",
        "your", "help", "fine", "well", "done", "job", "and", "is", "are", "yes", "yep", "ok", "okay", "s", "as",
        "expected", "everything", "tests", "pass", "passes", "green", "like", "a", "charm", "ship", "lot", "i",
        "really", "just", "what", "needed", "wanted", "same", "here", "work", "fixed", "solved",
    ]
    private static let maxWords = 16

    static func outcome(of events: [Event]) -> JobOutcome {
        guard let last = events.last(where: { $0.kind != .notice }) else { return .unknown }
        if last.kind == .interruption {
            return JobOutcome(.aborted, inferred: "the session ends with an interruption")
        }
        guard events.count(where: \.isHumanTurn) > 1, let place = events.lastIndex(where: \.isHumanTurn) else {
            return .unknown
        }
        let words = events[place]
        guard words.kind == .message, isPraise(words.text) else { return .unknown }
        // Calls after the praise are work that nobody has looked at.
        guard !events[place...].contains(where: { $0.kind == .toolCall }) else { return .unknown }
        return JobOutcome(.succeeded, inferred: "the person's last words: “\(words.text.onOneLine.cut(toBytes: 80))”")
    }

    private static func isPraise(_ text: String) -> Bool {
        guard !text.contains("?") else { return false }
        let words = text.lowercased().split(maxSplits: maxWords + 1) { !$0.isLetter }.map(String.init)
        return words.count <= maxWords && words.contains(where: praise.contains)
            && words.allSatisfy { praise.contains($0) || fillers.contains($0) }
    }
}
