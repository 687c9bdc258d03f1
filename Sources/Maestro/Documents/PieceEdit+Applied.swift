// SPDX-License-Identifier: Apache-2.0

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
            var source = try PieceSource(text)
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
