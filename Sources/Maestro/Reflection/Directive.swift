// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One sentence in which a person plainly directs the agent beyond this job: "from now on, run `make lint` first".
///
/// Built for precision: a sentence counts only where its wording leaves no other reading. All else is a model's business.
struct Directive: Hashable, Sendable {
    /// The person's words: the sentence, without what leads into it.
    let sentence: String

    /// The sentence without what a person says behind it: thanks, or a sign of their mood.
    var statement: String {
        let words = sentence.last.map { $0.isASCII || $0.isLetter } == true ? sentence : Self.withoutMood(sentence)
        let bare = Self.withoutClosing(Self.folded(words))
        return Self.trimmed(words.prefix(bare.count))
    }

    /// What is directed, without "from now on", which is over when an entry is read, and without "please".
    var core: String {
        let said = statement
        let words = Self.folded(said)
        guard words.count == said.count else { return said }
        for future in DirectiveWording.futures {
            if [" ", ",", ":"].contains(where: { words.hasPrefix(future + $0) }) {
                return Self.withoutPlease(Self.trimmed(said.dropFirst(future.count)))
            }
            if words.hasSuffix(" " + future) || words.hasSuffix("," + future) {
                return Self.withoutPlease(Self.trimmed(said.dropLast(future.count)))
            }
        }
        return said
    }

    /// What it is about, whether it orders or forbids it.
    var subject: Set<String> {
        Set(Words.of(core)).subtracting(DirectiveWording.polarity).subtracting(DirectiveWording.prohibitions)
    }

    /// Whether it forbids rather than orders.
    var forbids: Bool { !DirectiveWording.prohibitions.isDisjoint(with: Self.words(of: core)) }

    private static func withoutPlease(_ words: String) -> String {
        words.lowercased().hasPrefix("please ") ? trimmed(words.dropFirst("please ".count)) : words
    }

    private static func withoutMood(_ words: String) -> String {
        guard let last = words.lastIndex(where: { $0.isASCII && !$0.isWhitespace || $0.isLetter }) else { return words }
        return String(words[...last])
    }

    /// The directives in a turn, in order.
    static func all(in turn: String) -> [Directive] {
        Sentences.statements(in: turn).compactMap { sentence in
            guard let words = directed(sentence) else { return nil }
            return Directive(sentence: words)
        }
    }

    /// The sentence from its directive on; nil where it directs nothing.
    private static func directed(_ sentence: String) -> String? {
        guard (8...300).contains(sentence.utf8.count), !"\"“‘«'".contains(sentence.first ?? "\""),
            !sentence.contains("[secret:"), !isBound(sentence), !isHedged(sentence), !namesPassingThings(sentence)
        else { return nil }
        var start = sentence.startIndex
        while let next = afterLeadIn(sentence, start) { start = next }
        let words = String(sentence[start...])
        return isDirective(folded(words)) ? words : nil
    }

    private static func folded(_ words: String) -> String {
        words.lowercased().replacingOccurrences(of: "’", with: "'")
    }

    private static func words(of sentence: String) -> [String] {
        folded(sentence).split { !$0.isLetter && $0 != "'" }.map(String.init)
    }

    /// Whether the sentence speaks of this job alone: "for now", "in this commit".
    private static func isBound(_ sentence: String) -> Bool {
        let words = words(of: sentence)
        if let last = words.last, DirectiveWording.lastPointers.contains(last) { return true }
        let line = " \(words.joined(separator: " ")) ".replacing(" from now on ", with: " ")
        if DirectiveWording.bounds.contains(where: { line.contains(" \($0) ") }) { return true }
        return zip(words, words.dropFirst()).contains { word, next in
            (word == "this" || word == "these") && DirectiveWording.passing.contains(next)
        }
    }

    /// Whether the person takes it back in the same breath, or gives it as another's: "…, I think", "…, as they say".
    private static func isHedged(_ sentence: String) -> Bool {
        let words = words(of: sentence)
        let line = " \(words.joined(separator: " ")) "
        // "right" only closes a question that lost its mark: "all right", "the right way" may stand anywhere.
        return DirectiveWording.hedges.contains { line.contains(" \($0) ") && ($0 != "right" || words.last == $0) }
    }

    /// Whether it names what is gone soon or must not be kept: a ticket, a pull request, the value of a password.
    private static func namesPassingThings(_ sentence: String) -> Bool {
        let tokens = sentence.split { $0.isWhitespace || ",;:()\"'`".contains($0) }
        let isTicket = tokens.contains { token in
            if token.first == "#" { return token.dropFirst().first?.isNumber == true }
            let parts = token.split(separator: "-", omittingEmptySubsequences: false)
            return parts.count == 2 && parts[0].count > 1 && parts[0].allSatisfy(\.isUppercase)
                && !DirectiveWording.standards.contains(parts[0].lowercased())
                && parts[1].first?.isNumber == true && parts[1].allSatisfy { $0.isNumber || ".!".contains($0) }
        }
        return isTicket
            || tokens.indices.contains { index in
                let word = tokens[index].lowercased()
                let next = tokens[(index + 1)...].prefix(2)
                return DirectiveWording.credentials.contains(word) && next.contains { $0.contains(where: \.isNumber) }
                    || DirectiveWording.numbered.contains(word) && next.first?.allSatisfy(\.isNumber) == true
            }
    }

    /// The place behind a lead-in such as "ok, " or "please "; nil where none stands there.
    private static func afterLeadIn(_ sentence: String, _ start: String.Index) -> String.Index? {
        let rest = sentence[start...].lowercased()
        guard
            let word = DirectiveWording.leadIns.filter({ word in
                rest.hasPrefix(word) && rest.dropFirst(word.count).first.map { " ,:-–—".contains($0) } == true
            }).max(by: { $0.count < $1.count })
        else { return nil }
        let behind = sentence.index(start, offsetBy: word.count)
        return sentence[behind...].firstIndex { !" ,:-–—".contains($0) }
    }

    private static func isDirective(_ sentence: String) -> Bool {
        let words = withoutClosing(sentence)
        if opensWithTrigger(words) || isReminder(words) { return true }
        for future in DirectiveWording.futures {
            let isFirst = [" ", ",", ":"].contains { words.hasPrefix(future + $0) }
            guard isFirst || words.hasSuffix(" " + future) || words.hasSuffix("," + future) else { continue }
            let clause = isFirst ? words.dropFirst(future.count) : words.dropLast(future.count)
            let speaksOfWork = !DirectiveWording.vagueFutures.contains(future) || isWork(clause)
            return speaksOfWork && isOrder(clause, DirectiveWording.verbs)
        }
        // "When you commit, always run the linter": a condition on the agent's work, then a clause that opens with a
        // trigger. Without "you" it is how a program shall behave ("if there is an error, always exit"), not the agent.
        guard let first = words.split(separator: " ").first, DirectiveWording.conditions.contains(String(first)),
            let comma = words.firstIndex(of: ","), words[..<comma].split(separator: " ").contains("you")
        else { return false }
        // "it" is what the condition names.
        return opensWithTrigger(trimmed(words[words.index(after: comma)...]), mayPoint: true)
    }

    private static func withoutClosing(_ words: String) -> String {
        var words = words
        while let closing = DirectiveWording.closings.first(where: { words.hasSuffix(" " + $0) }) {
            words = trimmed(words.dropLast(closing.count))
        }
        return words
    }

    private static func isWork(_ clause: some StringProtocol) -> Bool {
        clause.contains("`")
            || clause.split { !$0.isLetter && $0 != "-" }.contains { DirectiveWording.workWords.contains(String($0)) }
    }

    private static func opensWithTrigger(_ clause: String, mayPoint: Bool = false) -> Bool {
        if let trigger = longest(DirectiveWording.orders, opening: clause) {
            return isOrder(clause.dropFirst(trigger.count), DirectiveWording.verbs, mayPoint: mayPoint)
        }
        guard let trigger = longest(DirectiveWording.triggers, opening: clause) else { return false }
        let rest = clause.dropFirst(trigger.count)
        let words = words(of: String(rest))
        if trigger == DirectiveWording.reminder, DirectiveWording.recurrences.isDisjoint(with: words) { return false }
        guard !hasForeignCondition(words) else { return false }
        var verbs = DirectiveWording.workVerbs
        if !isWork(rest) {
            verbs.subtract(DirectiveWording.sharedVerbs)
            if DirectiveWording.codeWords.isDisjoint(with: words) {
                verbs.subtract(DirectiveWording.styleVerbs)
            } else {
                verbs.formUnion(DirectiveWording.styleVerbs)
            }
        }
        return isOrder(rest, verbs, mayPoint: mayPoint)
    }

    /// Whether it depends on something that is nobody at work: "… when the key is set", "…, otherwise fetch it".
    private static func hasForeignCondition(_ words: [String]) -> Bool {
        zip(words, words.dropFirst()).contains { word, next in
            DirectiveWording.inlineConditions.contains(word) && !DirectiveWording.workers.contains(next)
                && !(next.hasSuffix("ing") && DirectiveWording.workWords.contains(next))
        }
    }

    /// "remember that we deploy only on Mondays": a whole statement, not "remember that bug".
    private static func isReminder(_ clause: String) -> Bool {
        guard clause.hasPrefix("remember that ") else { return false }
        let words = clause.dropFirst("remember that ".count).split(separator: " ").map(String.init)
        guard let subject = words.first, DirectiveWording.subjects.contains(subject),
            !words.dropFirst().prefix(1).contains(where: DirectiveWording.passing.contains)
        else { return false }
        return words.dropFirst().contains(where: DirectiveWording.isFinite) && content(of: words.dropFirst()) >= 2
    }

    /// Whether a clause orders something that it names: a verb, then an object that is no mere "it" or "that".
    private static func isOrder(_ clause: some StringProtocol, _ verbs: Set<String>, mayPoint: Bool = false) -> Bool {
        var clause = trimmed(clause)
        while let opening = longest(DirectiveWording.openings, opening: clause) {
            clause = trimmed(clause.dropFirst(opening.count))
        }
        var words = clause.split { $0 == " " || $0 == "," }.map(String.init)
        // "always explicitly state", "never ever push"
        if let first = words.first, !verbs.contains(first), first.hasSuffix("ly") || first == "ever" || first == "first"
        {
            words.removeFirst()
        }
        guard let verb = words.first, verbs.contains(verb) else { return false }
        let object = words.dropFirst()
        if !mayPoint, let first = object.first, DirectiveWording.pointers.contains(first) {
            guard first == "this" || first == "our", let place = object.dropFirst().first,
                DirectiveWording.places.contains(place)
            else { return false }
        }
        return content(of: object) >= 1
    }

    /// How many words say something to a reader who was not there.
    private static func content(of words: some Sequence<String>) -> Int {
        Set(Words.of(words.joined(separator: " "))).subtracting(DirectiveWording.vague).count
    }

    private static func longest(_ phrases: [String], opening clause: String) -> String? {
        phrases.filter { clause.hasPrefix($0 + " ") }.max { $0.count < $1.count }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        text.trimmingCharacters(in: CharacterSet(charactersIn: " ,:-–—"))
    }
}
