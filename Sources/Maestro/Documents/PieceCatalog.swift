// SPDX-License-Identifier: Apache-2.0

/// The pieces a user has: the builtin ones, overlaid with the user's own copies of the same name.
package struct PieceCatalog: Sendable {
    /// Texts of the builtin pieces, by name.
    package let builtin: [PieceName: String]
    /// The user's own copies as they stand in the folder.
    package let own: [PieceName: Document]

    package init(builtin: [PieceName: String] = [:], own: [PieceName: Document] = [:]) {
        self.builtin = builtin
        self.own = own
    }

    package var names: [PieceName] { Set(builtin.keys).union(own.keys).sorted { $0.rawValue < $1.rawValue } }

    package func ownCopy(named name: PieceName) -> Document? { own[name] }
    package func isOwn(named name: String) -> Bool { PieceName(name).flatMap { own[$0] } != nil }

    /// The text in force: the own copy, else the builtin.
    package func text(named name: String) -> String? {
        guard let name = PieceName(name) else { return nil }
        return own[name]?.text ?? builtin[name]
    }

    /// The piece in force, parsed.
    ///
    /// - Throws: ``PieceRefusal`` where there is none, or where it is not valid.
    package func piece(named name: String) throws(PieceRefusal) -> Piece {
        guard let text = text(named: name) else { throw PieceRefusal(.notFound, "`\(name)`") }
        return try Piece(yaml: text, expectedName: PieceName(name))
    }

    /// Who the person in a log is by the piece; nil where there is no such piece, or where it is not valid.
    package func counterpart(of name: String) -> Counterpart? {
        do throws(PieceRefusal) { return try piece(named: name).counterpart } catch { return nil }
    }

    // MARK: - Copies of builtin pieces

    private static let originMark = "# copied from the builtin piece, sha256:"

    /// The text that an edit starts from: the own copy, else the builtin under a line that remembers what it was.
    package func textForEditing(named name: String) -> String? {
        guard let name = PieceName(name) else { return nil }
        if let own = own[name] { return own.text }
        return builtin[name].map { "\(Self.originMark)\(ContentHash(of: $0).hex)\n\($0)" }
    }

    /// The hash of the builtin text that a copy was made from; nil where it says nothing.
    package static func originHash(of text: String) -> ContentHash? {
        guard let line = text.split(whereSeparator: \.isNewline).first, line.hasPrefix(originMark) else { return nil }
        return ContentHash(hex: String(line.dropFirst(originMark.count)))
    }

    /// Whether the builtin piece is another one now than when the own copy was made.
    package func hasBuiltinMovedOn(named name: PieceName) -> Bool {
        guard let own = own[name], let origin = Self.originHash(of: own.text), let builtin = builtin[name] else {
            return false
        }
        return origin != ContentHash(of: builtin)
    }
}
