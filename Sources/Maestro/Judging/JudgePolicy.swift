// SPDX-License-Identifier: Apache-2.0

/// The limits and the mode that changes are judged by.
package struct JudgePolicy: Hashable, Sendable {
    /// Whether what rests on trusted evidence is applied (`auto`), or all waits (`review`).
    package var mode: Settings.Reflection.Mode
    /// Most changes of one reply that are looked at; a piece edit counts as one.
    package var maxChanges: Int
    /// Most entries of one scope.
    package var maxEntries: Int
    /// Largest body of an entry, in bytes of UTF-8.
    package var maxEntryBodyBytes: Int
    /// A piece edited by a reflection within this time is edited again only by a person's word.
    package var pieceEditCooldownHours: Int
    /// Longest description, in characters: one line of the index.
    package static let maxDescriptionLength = 140
    /// The same in bytes: four for each character and room for emoji.
    package static let maxDescriptionBytes = 1024

    package init(settings: Settings.Reflection = Settings.Reflection()) {
        mode = settings.mode
        maxChanges = settings.maxChanges
        maxEntries = settings.maxEntries
        maxEntryBodyBytes = settings.maxEntryBodyBytes
        pieceEditCooldownHours = settings.pieceEditCooldownHours
    }
}
