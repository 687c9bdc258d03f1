// SPDX-License-Identifier: Apache-2.0

/// The four kinds of memory entries, as Claude Code names them.
package enum EntryType: String, Sendable, Codable, CaseIterable {
    /// Who the user is and how they like to work.
    ///
    /// Global by default.
    case user
    /// How the user wants work done: a correction, a confirmed approach.
    case feedback
    /// A fact about this project that code and docs do not say.
    case project
    /// Where something is found, how something is read.
    case reference

    /// Where a new entry of this type belongs when the job ran in `scope`.
    package func defaultScope(in scope: Scope) -> Scope { self == .user ? .global : scope }
}
