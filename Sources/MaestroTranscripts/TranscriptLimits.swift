// SPDX-License-Identifier: Apache-2.0

/// How much of a source is held in memory at once, and how much of it an activity keeps.
///
/// Whatever is left out by these is said in the activity's notes. Sources below all of them are read whole.
package struct TranscriptLimits: Hashable, Sendable {
    /// Largest source that is looked at as one text; lines of a longer one are read one by one.
    ///
    /// A JSON value that is larger cannot be taken apart by lines and is refused.
    package var documentBytes = 32_000_000
    /// Longest line of JSON that is read, where lines are read one by one; of a longer line of text the beginning is.
    package var lineBytes = 16_000_000
    /// Most of one event's text, and of its arguments; the middle of a longer one goes.
    package var eventBytes = 256_000
    /// Most of all texts and arguments together.
    package var activityBytes = 16_000_000
    /// Most events.
    package var activityEvents = 50_000
    /// Most values (texts, numbers, lists …) in one JSON value: a few bytes in the source are dozens in memory.
    package var jsonValues = 2_000_000

    package static let standard = TranscriptLimits()

    package init() {}
}
