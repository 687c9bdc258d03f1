// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Everything of one user that a reflection may build on or change, as it stands at one moment.
///
/// Read twice: before the prompt (the base) and again under the user's lock (now). Values only: judging needs nothing
/// else.
package struct UserState: Sendable {
    package let user: UserID
    /// The scope of the job.
    ///
    /// `entries` holds this scope's and the global ones.
    package let scope: Scope
    package let entries: [MemoryEntry]
    /// Builtin pieces overlaid with the user's own copies.
    package let pieces: PieceCatalog
    /// Documents outside `entries` and `pieces` that the caller asked for (a revert in another project).
    package let others: [Document]
    /// When each piece was last edited by a reflection (reverts and a person's own edits do not count).
    package let pieceEdits: [String: Date]
    /// Changes of other jobs that wait because only one job says them.
    package let unconfirmed: [Unconfirmed]
    /// The time of reading: the judge's clock.
    package let moment: Date

    /// A waiting change that a second job may confirm.
    package struct Unconfirmed: Hashable, Sendable {
        package let change: String
        package let job: Job.ID
        package let scope: Scope
        package let type: EntryType
        package let description: String
        package let body: String
        /// What it rests on.
        package let evidence: [Evidence]

        package init(
            change: String,
            job: Job.ID,
            scope: Scope,
            type: EntryType,
            description: String,
            body: String,
            evidence: [Evidence] = []
        ) {
            self.change = change
            self.job = job
            self.scope = scope
            self.type = type
            self.description = description
            self.body = body
            self.evidence = evidence
        }
    }

    package init(
        user: UserID,
        scope: Scope,
        entries: [MemoryEntry] = [],
        pieces: PieceCatalog = PieceCatalog(),
        others: [Document] = [],
        pieceEdits: [String: Date] = [:],
        unconfirmed: [Unconfirmed] = [],
        moment: Date
    ) {
        self.user = user
        self.scope = scope
        self.entries = entries
        self.pieces = pieces
        self.others = others
        self.pieceEdits = pieceEdits
        self.unconfirmed = unconfirmed
        self.moment = moment
    }

    /// The entry that `name` means here: the project's, else the global one.
    ///
    /// Compared without case.
    package func entry(named name: EntryName) -> MemoryEntry? {
        let matches = entries.filter { $0.name.isSame(as: name) }
        return matches.first { $0.scope != .global } ?? matches.first
    }

    /// The live text at `path`: nil where nothing is there (or nobody asked for that document).
    package func text(at path: DocumentPath) -> String? {
        switch path {
        case .entry(let scope, let stem):
            // By the name first: to copy and compare the paths of thousands costs more than all else that is asked of them.
            (entries.first { $0.name == stem && $0.scope == scope }?.document ?? others.first { $0.path == path })?.text
        case .index: others.first { $0.path == path }?.text
        case .piece(let name): pieces.ownCopy(named: name)?.text
        }
    }
}
