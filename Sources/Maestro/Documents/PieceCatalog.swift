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

    package func ownCopy(named name: PieceName) -> Document? { own[name] }
}
