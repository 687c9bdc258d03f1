// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// The statements that tell what the index files of some scopes are made of.
struct IndexReading {
    private let scopes: [Scope]
    private let state: UserState

    init(_ scopes: [Scope], of state: UserState) {
        self.scopes = scopes
        self.state = state
    }

    /// Those whose entries the state does not have.
    private var unread: [Scope] { scopes.filter { $0 != .global && $0 != state.scope } }

    var statements: [Statement] {
        get throws {
            let user = state.user.rawValue
            let paths = try SQLRows(scopes.map { DocumentPath.index($0).relative })
            let known = [
                Statement(ChangeTable.confirmations, user),
                Statement(DocumentTable.writes, user),
                Statement(DocumentTable.texts, user, paths),
            ]
            return known + unread.map { DocumentTable.reading($0, of: state.user) }
        }
    }

    /// The writes of index files that `writes` make necessary, by the answers to ``statements``.
    func writes(of answers: [Answer], after writes: [DocumentWrite]) throws -> [DocumentWrite] {
        let use = try use(confirmed: answers[0].rows, written: answers[1].rows)
        let existing = try answers[2].rows.map(DocumentTable.document(of:))
        return try scopes.compactMap { scope in
            let revision = IndexRevision(
                scope: scope,
                entries: try entries(in: scope, answers),
                existing: existing.first { $0.path == .index(scope) }?.text,
                use: use
            )
            return revision.write(after: writes, at: state.moment)
        }
    }

    private func entries(in scope: Scope, _ answers: [Answer]) throws -> [MemoryEntry] {
        guard let place = unread.firstIndex(of: scope) else { return state.entries.filter { $0.scope == scope } }
        return try answers[3 + place].rows.compactMap { MemoryEntry(try DocumentTable.document(of: $0)) }
    }

    private func use(confirmed: [Answer.Row], written: [Answer.Row]) throws -> [String: EntryUse] {
        var use = try ChangeTable.confirmations(of: confirmed).mapValues { EntryUse(confirmations: $0) }
        for row in written {
            let path: String = try row.value("path")
            use[path, default: EntryUse()].lastWrite = try row.value("written_at")
        }
        return use
    }
}
#endif
