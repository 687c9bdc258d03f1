// SPDX-License-Identifier: Apache-2.0

/// What a decision rests on, kept with it so that it can be shown after the transcript is gone.
package struct Evidence: Hashable, Sendable, Codable {
    package var event: Int
    package var line: Int
    package var actor: Event.Actor
    /// The words, at most 500 bytes.
    package var text: String

    package init(event: Int, line: Int, actor: Event.Actor, text: String) {
        self.event = event
        self.line = line
        self.actor = actor
        self.text = text
    }

    /// Whether these are the words of one event of one transcript, which may have gone on since.
    ///
    /// Of long events only a part is kept, which need not be the same.
    func isSamePlace(as other: Evidence) -> Bool {
        guard event == other.event, line == other.line, actor == other.actor else { return false }
        return text.hasPrefix(other.text) || other.text.hasPrefix(text) || isCut || other.isCut
    }

    private var isCut: Bool { text.hasPrefix("…") || text.hasSuffix("…") }
}
