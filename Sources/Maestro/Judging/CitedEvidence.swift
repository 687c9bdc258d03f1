// SPDX-License-Identifier: Apache-2.0

/// What a change rests on, looked up in the activity.
struct CitedEvidence: Sendable {
    /// Longest text of one event that is kept with a decision, in bytes.
    static let maxBytes = 500
    /// Longest text that is searched for a quote: what is longer is a tool's output, and no reply may cost minutes.
    private static let maxSearchedBytes = 1 << 20
    /// Most events that are kept with a decision.
    private static let maxKept = 10

    /// Whether any event was cited at all.
    let isCited: Bool
    /// Cited events that exist and may be cited.
    let events: [Event]
    /// Cited numbers that are not among them.
    let dropped: [Int]
    /// The events that hold the quote, or all of `events` where none was given.
    let supporting: [Event]
    /// The quoted words stand in the text of the changed entries, which for these operations is evidence as well.
    let isQuoteInEntry: Bool
    private let passages: [Int: Range<Int>]

    init(of proposed: ProposedChange, in activity: Activity, base: Base, entries: [MemoryEntry]) {
        isCited = !proposed.events.isEmpty
        let mayCite = { (number: Int) in base.citable?.contains(number) ?? true }
        let found = proposed.events.compactMap { mayCite($0) ? activity[number: $0] : nil }
        events = found
        dropped = proposed.events.filter { number in !found.contains { $0.number == number } }
        guard let quote = proposed.quote, !quote.isEmpty else {
            supporting = found
            isQuoteInEntry = false
            passages = [:]
            return
        }
        let matcher = QuoteMatcher(quote)
        var passages: [Int: Range<Int>] = [:]
        for event in found where event.text.utf8.count <= Self.maxSearchedBytes {
            passages[event.number] = matcher.passage(in: event.text)
        }
        self.passages = passages
        supporting = found.filter { passages[$0.number] != nil }
        isQuoteInEntry = entries.contains { matcher.passage(in: "\($0.description)\n\($0.body)") != nil }
    }

    /// Events that a person's words are in.
    var human: [Event] { supporting.filter(\.isHumanTurn) }
    /// Whether anything but the host's own text is left.
    var isMoreThanHarness: Bool { supporting.contains { $0.actor != .harness } }

    /// What is kept with the decision: the supporting events first, a person's before others.
    var kept: [Evidence] {
        let others = events.filter { event in !supporting.contains { $0.number == event.number } }
        let ordered = human + supporting.filter { !$0.isHumanTurn } + others
        return ordered.prefix(Self.maxKept).map { event in
            Evidence(
                event: event.number,
                line: event.line,
                actor: event.actor,
                text: HiddenCharacters.removed(from: Self.cut(event.text, around: passages[event.number]))
            )
        }
    }

    /// At most ``maxBytes`` of `text`, from a little before `passage`, never half a character.
    static func cut(_ text: String, around passage: Range<Int>?) -> String {
        let utf8 = text.utf8
        guard utf8.count > maxBytes else { return text }
        let mark = "…"
        let room = maxBytes - 2 * mark.utf8.count
        var start = 0
        if let passage, passage.upperBound > room { start = min(max(0, passage.lowerBound - 40), utf8.count - room) }
        var lower = utf8.index(utf8.startIndex, offsetBy: start)
        var upper = utf8.index(lower, offsetBy: room)
        while lower < upper, !isScalarStart(utf8[lower]) { lower = utf8.index(after: lower) }
        while upper > lower, upper < utf8.endIndex, !isScalarStart(utf8[upper]) { upper = utf8.index(before: upper) }
        let words = String(text.unicodeScalars[lower..<upper])
        return (lower > utf8.startIndex ? mark : "") + words + (upper < utf8.endIndex ? mark : "")
    }

    private static func isScalarStart(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }
}
