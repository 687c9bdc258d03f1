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

/// Why a piece, or an edit of one, is refused.
///
/// The judge has a code for each reason.
package struct PieceRefusal: Error, Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        case notFound, lockedField, guardedField, anchorMissing, anchorAmbiguous, invalid, tooLarge, noEffect
    }

    package let reason: Reason
    /// The particulars, one sentence for people without a trailing period.
    package let message: String

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}

/// A piece after an edit.
package struct EditedPiece: Hashable, Sendable {
    package let text: String
    /// A guarded field was touched: a person decides even in automatic mode.
    package let touchesGuardedField: Bool

    package init(text: String, touchesGuardedField: Bool) {
        self.text = text
        self.touchesGuardedField = touchesGuardedField
    }
}

extension PieceEdit {
    /// Applies all replacements to the YAML text of a piece, or none.
    ///
    /// Comments, order and everything else outside the edited values stay byte for byte; the result parses, is a valid
    /// piece, and equals the intended tree with every locked field as it was.
    package func applied(to yaml: String) throws(PieceRefusal) -> EditedPiece {
        var text = yaml
        var touchesGuarded = false
        for replacement in edits {
            let tree = try YAMLTree(parsing: text)
            let field = try PieceField(replacement.field, in: try Piece(tree, expectedName: nil))
            guard field.tier != .locked else { throw PieceRefusal(.lockedField, "`\(field.address)`") }
            touchesGuarded = touchesGuarded || field.tier == .guarded
            let change = try PieceFieldChange(replacement, of: field, in: tree)
            var source = PieceSource(text)
            try source.write(change, of: field, in: tree)
            guard source.text.utf8.count <= YAMLTree.maxBytes else {
                throw PieceRefusal(.tooLarge, "the piece would be over \(YAMLTree.maxBytes) bytes")
            }
            // The proof: what was spliced parses to just what was meant, so that nothing locked can have moved.
            let spliced = try YAMLTree(parsing: source.text)
            guard spliced.meaning == change.intended(in: tree, field) else {
                throw PieceRefusal(
                    .invalid,
                    "the edit of `\(field.address)` could not be written without touching something else"
                )
            }
            _ = try Piece(spliced, expectedName: nil)
            text = source.text
        }
        guard text != yaml else { throw PieceRefusal(.noEffect, "the edits change nothing") }
        return EditedPiece(text: text, touchesGuardedField: touchesGuarded)
    }
}
