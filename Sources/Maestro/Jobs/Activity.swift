// SPDX-License-Identifier: Apache-2.0

/// The transcript of a job in our normal form: numbered events in the order of the source.
///
/// An activity that leaves an importer is redacted: no secret of a known shape is in it.
package struct Activity: Hashable, Sendable, Codable {
    /// The source's format, as reported to people: `claude-code`, `openai-chat`, `tau-bench`, `anthropic`, `text`.
    package var format: String
    /// Numbered 1, 2, 3 … without gaps.
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
        events.indices.contains(number - 1) ? events[number - 1] : nil
    }

    /// The first turn of a person: the task as they put it.
    package var firstHumanTurn: Event? { events.first(where: \.isHumanTurn) }

    /// Identity of the events: the default job id where the source has none.
    package var contentHash: ContentHash {
        ContentHash(
            of: events.map { "\($0.actor.rawValue)\u{1F}\($0.kind.rawValue)\u{1F}\($0.text)" }.joined(
                separator: "\u{1E}"
            )
        )
    }
}
