// SPDX-License-Identifier: Apache-2.0

/// A set of small anchored replacements in one piece: all of them or none.
package struct PieceEdit: Hashable, Sendable, Codable {
    /// One replacement in one field.
    package struct Replacement: Hashable, Sendable, Codable {
        /// `goal`, `guidance`, `description`, or `<step id>.<field>`: `plan.instruction`.
        package var field: String
        /// The text to replace; empty: append.
        ///
        /// Must match the parsed value exactly once; in lists it is a whole item.
        package var old: String
        /// Empty: delete the list item, or the text.
        package var new: String

        package init(field: String, old: String, new: String) {
            self.field = field
            self.old = old
            self.new = new
        }
    }

    package var piece: String
    package var why: String
    package var edits: [Replacement]

    package init(piece: String, why: String, edits: [Replacement]) {
        self.piece = piece
        self.why = why
        self.edits = edits
    }
}
