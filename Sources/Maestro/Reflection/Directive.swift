// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One sentence in which a person plainly directs the agent beyond this job: "from now on, run `make lint` first".
///
/// Built for precision: a sentence counts only where its wording leaves no other reading. All else is a model's business.
struct Directive: Hashable, Sendable {
    /// The person's words: the sentence, without what leads into it.
    let sentence: String

    /// The sentence without the words that only say when it holds: what an entry is named after.
    var core: String {
        let folded = sentence.lowercased()
        guard let future = Self.futures.first(where: { folded.hasPrefix($0) }) else { return sentence }
        return Self.trimmed(sentence.dropFirst(future.count))
    }

    /// The directives in a turn, in order.
    static func all(in turn: String) -> [Directive] {
        sentences(of: turn).compactMap { sentence in
            guard let words = directed(sentence) else { return nil }
            return Directive(sentence: words)
        }
    }

    // MARK: - Sentences

    /// Sentences that are no questions, without list marks.
    private static func sentences(of turn: String) -> [String] {
        var sentences: [String] = []
        for line in turn.split(whereSeparator: \.isNewline) {
            var current = ""
            var isCode = false
            let characters = Array(line)
            for (index, character) in characters.enumerated() {
                if character == "`" { isCode.toggle() }
                let isLast = index + 1 == characters.count
                let ends = !isCode && ".!?;".contains(character) && (isLast || characters[index + 1].isWhitespace)
                current.append(character)
                if ends || isLast {
                    if !current.hasSuffix("?") { sentences.append(current) }
                    current = ""
                }
            }
        }
        return sentences.map { sentence in
            sentence.trimmingCharacters(in: CharacterSet(charactersIn: "-*•> \t.!;"))
        }
    }

    // MARK: - Wording

    private static let leadIns: Set = [
        "ok", "okay", "great", "thanks", "also", "and", "so", "but", "oh", "hey", "well", "alright", "then", "yes",
        "no", "right",
        "good", "nice", "perfect", "cool", "please", "note", "important", "reminder", "one more thing", "btw",
        "by the way",
    ]
    private static let futures = [
        "from now on", "from here on", "in future", "in the future", "for the future", "going forward", "next time",
        "as a rule",
        "for future reference",
    ]
    private static let conditions: Set = ["when", "whenever", "if", "before", "after", "for", "in", "once", "every"]
    /// What bounds a sentence to this job.
    private static let bounds = [
        "this time", "for now", "today", "in this pr", "in this commit", "just this once", "this once",
    ]

    /// The sentence from its directive on; nil where it directs nothing.
    private static func directed(_ sentence: String) -> String? {
        let folded = sentence.lowercased().replacingOccurrences(of: "’", with: "'")
        guard (8...400).contains(sentence.utf8.count), !folded.hasPrefix("\""), !folded.hasPrefix("“"),
            !bounds.contains(where: { folded.contains($0) })
        else { return nil }
        var start = sentence.startIndex
        while let next = afterLeadIn(sentence, start) { start = next }
        let words = String(sentence[start...])
        guard isDirective(words), hasContent(words) else { return nil }
        return words
    }

    /// The place behind a lead-in such as "ok, " or "please "; nil where none stands there.
    private static func afterLeadIn(_ sentence: String, _ start: String.Index) -> String.Index? {
        let rest = sentence[start...].lowercased()
        guard
            let word = leadIns.filter({ word in
                rest.hasPrefix(word) && rest.dropFirst(word.count).first.map { " ,:-–—".contains($0) } == true
            }).max(by: { $0.count < $1.count })
        else { return nil }
        let behind = sentence.index(start, offsetBy: word.count)
        return sentence[behind...].firstIndex { !" ,:-–—".contains($0) }
    }

    private static func isDirective(_ words: String) -> Bool {
        let folded = words.lowercased().replacingOccurrences(of: "’", with: "'")
        if opensWithTrigger(folded) { return true }
        if let future = futures.first(where: { folded.hasPrefix($0 + " ") || folded.hasPrefix($0 + ",") }) {
            return isImperative(trimmed(folded.dropFirst(future.count)))
        }
        if let future = futures.first(where: { folded.hasSuffix(" " + $0) || folded.hasSuffix(", " + $0) }) {
            return isImperative(trimmed(folded.dropLast(future.count)))
        }
        // "When you commit, always run the linter": a condition on the agent's work, then a clause that opens with a
        // trigger. Without "you" it is how a program shall behave ("if there is an error, always exit"), not the agent.
        guard let first = folded.split(separator: " ").first, conditions.contains(String(first)),
            let comma = folded.firstIndex(of: ","), folded[..<comma].split(separator: " ").contains("you")
        else { return false }
        return opensWithTrigger(trimmed(folded[folded.index(after: comma)...]))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var text = text.trimmingCharacters(in: CharacterSet(charactersIn: " ,:-–—"))
        if text.hasPrefix("please ") { text.removeFirst("please ".count) }
        return text
    }

    private static let triggers = [
        "always", "never", "don't ever", "do not ever", "remember to", "remember that", "make sure to always",
        "make sure you always", "be sure to always", "you should always", "you should never", "you must always",
        "you must never",
        "you need to always", "i want you to always", "i want you to never", "i'd like you to always",
    ]

    private static func opensWithTrigger(_ clause: String) -> Bool {
        guard let trigger = triggers.filter({ clause.hasPrefix($0 + " ") }).max(by: { $0.count < $1.count }) else {
            return false
        }
        let next = clause.dropFirst(trigger.count + 1).prefix { $0.isLetter || $0 == "'" }
        if trigger == "remember that" { return true }
        return isBaseVerb(String(next), negated: trigger.hasSuffix("never") || trigger.hasSuffix("ever"))
    }

    /// Whether a word behind "always" or "never" gives an order: no third person, no participle, no mere "mind".
    private static func isBaseVerb(_ word: String, negated: Bool) -> Bool {
        let notOrders: Set = [
            "mind", "seen", "been", "had", "was", "were", "is", "are", "got", "heard", "knew", "thought", "wanted", "a",
            "the", "that",
            "this", "it", "i", "we", "they", "he", "she", "in", "on", "be", "again", "ever", "before", "good", "nice",
            "happy",
        ]
        guard word.count > 1, !notOrders.contains(word) else { return false }
        let isThirdPerson = word.hasSuffix("s") && !word.hasSuffix("ss") && word.count > 3
        let isParticiple =
            word.hasSuffix("ed") && !["need", "embed", "feed", "speed", "seed", "proceed"].contains(word)
        return !isThirdPerson && !isParticiple && !word.hasSuffix("ing") && !word.hasSuffix("n't")
    }

    private static let verbs: Set = [
        "add", "ask", "avoid", "build", "call", "check", "commit", "confirm", "copy", "create", "document", "explain",
        "fix", "follow",
        "format", "include", "keep", "let", "let's", "lint", "list", "look", "make", "mention", "name", "open", "pass",
        "prefer", "print",
        "pull", "push", "put", "read", "remove", "rename", "reply", "report", "respect", "return", "review", "run",
        "save", "set", "show",
        "skip", "split", "start", "stick", "stop", "store", "tell", "test", "treat", "try", "update", "use", "verify",
        "wait", "wrap",
        "write", "don't", "do", "only", "never", "always", "leave", "answer", "translate", "squash", "rebase", "pin",
        "log", "delete",
    ]

    private static func isImperative(_ clause: String) -> Bool {
        if opensWithTrigger(clause) { return true }
        for opening in ["you should ", "you must ", "you need to ", "i want you to ", "i'd like you to "] {
            if clause.hasPrefix(opening) { return true }
        }
        guard let first = clause.split(whereSeparator: { $0 == " " || $0 == "," }).first else { return false }
        return verbs.contains(String(first))
    }

    private static let empty: Set = [
        "always", "never", "ever", "remember", "future", "now", "next", "time", "rule", "again", "like", "thing",
        "stuff", "way", "so",
        "dont", "don", "not", "just", "only", "make", "sure", "should", "must", "need", "want", "going", "forward",
        "here",
    ]

    /// Whether something is named: "always do that" points at words that are gone when the entry is read.
    private static func hasContent(_ words: String) -> Bool {
        Set(Words.of(words)).subtracting(empty).count >= 2
    }
}
