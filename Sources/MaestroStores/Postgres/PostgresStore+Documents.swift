// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
package import Maestro

extension PostgresStore {
    package func state(of user: UserID, in scope: Scope) async throws -> UserState {
        // Locks nothing, and all of it is of one moment.
        try await transaction(.oneMoment) { transaction in
            let row = try await transaction.run("SELECT \(Self.now) AS now", givenTime).rows.first
            guard let row else { throw PostgresError.unreadable("the database does not know the time") }
            return try await state(of: user, in: scope, at: row.value("now"), in: transaction)
        }
    }

    /// What waits of `job` itself is left out: it cannot confirm itself.
    func state(
        of user: UserID,
        in scope: Scope,
        and paths: [DocumentPath] = [],
        without job: Job.ID? = nil,
        at moment: Date,
        in transaction: Transaction
    ) async throws -> UserState {
        let known = try await documents(of: user, in: scope, in: transaction)
        let others = try await others(at: paths, besides: known, of: user, in: transaction)
        let edits = try await transaction.run(ChangeTable.pieceEdits, user.rawValue).rows
        let waiting = try await transaction.run(ChangeTable.unconfirmed, user.rawValue).rows
            .compactMap { try ChangeTable.unconfirmed(of: $0) }
        return UserState(
            user: user,
            scope: scope,
            entries: known.entries,
            pieces: PieceCatalog(builtin: configuration.builtin, own: known.pieces),
            others: others,
            pieceEdits: Dictionary(
                uniqueKeysWithValues: try edits.map { (try $0.value("name") as String, try $0.value("at") as Date) }
            ),
            unconfirmed: waiting.filter { $0.job != job },
            moment: moment
        )
    }

    /// Entries and pieces, of which only what changed since the last time is read.
    private func documents(
        of user: UserID,
        in scope: Scope,
        in transaction: Transaction
    ) async throws -> EntryCache.Known {
        var known = cache[user, scope]
        var rows = try await changes(since: known.revision, of: user, in: scope, transaction)
        // A database that was restored from a backup is behind what is known here.
        if let first = rows.first, try first.value("revision") < known.revision {
            known = EntryCache.Known()
            rows = try await changes(since: 0, of: user, in: scope, transaction)
        }
        for row in rows {
            guard let document: String = try row.optional("document") else { continue }
            let path = try JSONText.decoding(DocumentPath.self, from: document)
            let text: String? = try row.optional("text")
            known.note(text.map { Document(path: path, text: $0) }, at: path)
        }
        known.revision = try rows.first?.value("revision") ?? 0
        cache.keep(known, of: user, in: scope)
        return known
    }

    private func changes(
        since revision: Int,
        of user: UserID,
        in scope: Scope,
        _ transaction: Transaction
    ) async throws -> [Answer.Row] {
        try await transaction.run(DocumentTable.changes, user.rawValue, revision, scope.text).rows
    }

    private func others(
        at paths: [DocumentPath],
        besides known: EntryCache.Known,
        of user: UserID,
        in transaction: Transaction
    ) async throws -> [Document] {
        let wanted = paths.map(\.relative).filter { !known.paths.contains($0) }
        guard !wanted.isEmpty else { return [] }
        return try await transaction.run(DocumentTable.texts, user.rawValue, SQLRows(wanted)).rows
            .map(DocumentTable.document(of:))
    }
}
#endif
