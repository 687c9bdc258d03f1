// SPDX-License-Identifier: Apache-2.0
import Maestro

/// How a session ended, where the source does not say: from what a person did or said last, never from the agent's claims.
enum OutcomeInference {
    private static let praise = [
        "thanks", "thank you", "perfect", "works", "it works", "that works", "great", "lgtm", "looks good", "nice",
        "awesome",
        "all good",
    ]
    /// Words that turn praise into something else.
    private static let doubts = ["but", "not", "still", "however", "except", "doesn't", "don't", "isn't", "no"]
    private static let maxWords = 16

    static func outcome(of events: [Event]) -> JobOutcome {
        guard let last = events.last(where: { $0.kind != .notice }) else { return .unknown }
        if last.kind == .interruption {
            return JobOutcome(.aborted, inferred: "the session ends with an interruption")
        }
        let turns = events.filter(\.isHumanTurn)
        guard turns.count > 1, let words = turns.last, words.kind == .message, isPraise(words.text) else {
            return .unknown
        }
        // Calls after the praise are work that nobody has looked at.
        guard !events[words.number...].contains(where: { $0.kind == .toolCall }) else { return .unknown }
        return JobOutcome(.succeeded, inferred: "the person's last words: “\(words.text.onOneLine.cut(toBytes: 80))”")
    }

    private static func isPraise(_ text: String) -> Bool {
        let folded = text.lowercased().onOneLine
        let words = folded.split { !$0.isLetter && $0 != "'" }.map(String.init)
        guard words.count <= maxWords, !folded.contains("?"), Set(words).isDisjoint(with: doubts) else { return false }
        return praise.contains {
            folded == $0 || folded.hasPrefix($0 + " ") || folded.hasPrefix($0 + ",")
                || folded.hasPrefix($0 + ".") || folded.hasPrefix($0 + "!")
        }
    }
}
