// SPDX-License-Identifier: Apache-2.0

/// The transcript of a job in our normal form: numbered events in the order of the source.
///
/// An activity that leaves an importer is redacted: no secret of a known shape is in it.
package struct Activity: Hashable, Sendable, Codable {
    /// The source's format, as reported to people: `claude-code`, `openai-chat`, `tau-bench`, `anthropic`, `text`.
    package var format: String
    /// Numbered 1, 2, 3 …, with gaps only where a source was too long to be kept whole.
    package var events: [Event]
    /// Records of kinds the importer does not know, by kind.
    ///
    /// Counted, never fatal.
    package var unknownRecords: [String: Int]
    /// What a reader should know about the import, one sentence each: a truncated last line, a skipped part.
    package var notes: [String]
    /// How many secrets were replaced, by rule.
    package var redactions: [String: Int]

    package init(
        format: String,
        events: [Event],
        unknownRecords: [String: Int] = [:],
        notes: [String] = [],
        redactions: [String: Int] = [:]
    ) {
        self.format = format
        self.events = events
        self.unknownRecords = unknownRecords
        self.notes = notes
        self.redactions = redactions
    }

    /// The event with this number, if there is one.
    package subscript(number number: Int) -> Event? {
        // Where nothing was left out its place follows from its number; else it can only be before that.
        var (low, high) = (0, min(events.count, max(0, number)))
        if high > 0, events[high - 1].number == number { return events[high - 1] }
        while low < high {
            let middle = (low + high) / 2
            if events[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return events.indices.contains(low) && events[low].number == number ? events[low] : nil
    }

    /// How many events the source has, those that were left out with them.
    package var sourceEvents: Int { events.last?.number ?? 0 }

    /// The first turn of a person: the task as they put it.
    package var firstHumanTurn: Event? { events.first(where: \.isHumanTurn) }

    /// Identity of the events: the default job id where the source has none.
    package var contentHash: ContentHash { contentHashes { $0 == events.count }.first ?? ContentHash(of: "") }

    /// What ``contentHash`` was when the activity ended earlier: the shortest first, without itself.
    ///
    /// Not of what was no exchange yet, before the agent had done anything: many begin alike.
    package var earlierContentHashes: [ContentHash] {
        guard let answer = events.firstIndex(where: { $0.actor == .agent }) else { return [] }
        return contentHashes { $0 > answer && $0 < events.count }
    }

    /// The hashes of the beginnings with those numbers of events that are wanted.
    private func contentHashes(where isWanted: (_ count: Int) -> Bool) -> [ContentHash] {
        var hash = SHA256()
        var hashes: [ContentHash] = []
        for (index, event) in events.enumerated() {
            let separator = index == 0 ? "" : "\u{1E}"
            hash.update("\(separator)\(event.actor.rawValue)\u{1F}\(event.kind.rawValue)\u{1F}\(event.text)".utf8)
            if isWanted(index + 1) { hashes.append(ContentHash(hex: Hexadecimal.text(hash.digest))) }
        }
        return hashes
    }
}
