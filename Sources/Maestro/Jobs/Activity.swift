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
        let place = place(of: number)
        return events.indices.contains(place) && events[place].number == number ? events[place] : nil
    }

    /// Where the first event stands that has this number or a higher one; the end where none has.
    func place(of number: Int) -> Int {
        // No further than where it is when nothing was left out.
        var (low, high) = (0, min(events.count, max(0, number - 1)))
        while low < high {
            let middle = (low + high) / 2
            if events[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// How many events the source has, those that were left out with them.
    package var sourceEvents: Int { events.last?.number ?? 0 }

    /// The first turn of a person: the task as they put it.
    package var firstHumanTurn: Event? { events.first(where: \.isHumanTurn) }

    /// Identity of the events: the default job id where the source has none.
    package var contentHash: ContentHash {
        var hash = SHA256()
        for (index, event) in events.enumerated() { hash.update(Self.hashed(event, index)) }
        return ContentHash(hex: Hexadecimal.text(hash.digest))
    }

    /// Most of the hashes of its beginnings that are told, the longest of them.
    private static let maxBeginnings = 50_000

    /// What ``contentHash`` was when the activity ended earlier, the shortest first, without itself.
    ///
    /// After every event; in plain text after every line, since whoever wrote it may have been in the middle of an event.
    package var earlierContentHashes: [ContentHash] {
        var hash = SHA256()
        var hashes: [ContentHash] = []
        var left = beginnings
        func note() {
            // Of a log there are millions.
            if left <= Self.maxBeginnings { hashes.append(ContentHash(hex: Hexadecimal.text(hash.digest))) }
            left -= 1
        }
        for (index, event) in events.enumerated() {
            var bytes = Array(Self.hashed(event, index))[...]
            while format == "text", let line = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                // Texts of events end with their last letter.
                let end = bytes[..<line].lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? bytes.startIndex
                if left <= Self.maxBeginnings {
                    hash.update(bytes[..<end])
                    note()
                    hash.update(bytes[end...line])
                } else {
                    hash.update(bytes[...line])
                    note()
                }
                bytes = bytes[(line + 1)...]
            }
            hash.update(bytes)
            if index < events.count - 1 { note() }
        }
        return hashes
    }

    /// How many beginnings ``earlierContentHashes`` passes by.
    private var beginnings: Int {
        let lines = format == "text" ? events.reduce(0) { $0 + $1.text.utf8.count { $0 == UInt8(ascii: "\n") } } : 0
        return lines + max(0, events.count - 1)
    }

    private static func hashed(_ event: Event, _ index: Int) -> String.UTF8View {
        "\(index == 0 ? "" : "\u{1E}")\(event.actor.rawValue)\u{1F}\(event.kind.rawValue)\u{1F}\(event.text)".utf8
    }
}
