// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// The statements that tell the state of a user's documents; of the documents only what changed since they were read last.
struct StateReading {
    let user: UserID
    let scope: Scope
    /// Documents outside the scope that are wanted too.
    var paths: [DocumentPath] = []
    /// What waits of this job is left out: it cannot confirm itself.
    var job: Job.ID?
    var known: EntryCache.Known

    /// The same, knowing nothing.
    var anew: StateReading {
        var reading = self
        reading.known = EntryCache.Known()
        return reading
    }

    var statements: [Statement] {
        get throws {
            var batch = Batch()
            batch.add(Statement(DocumentTable.changes, user.rawValue, known.revision, scope.text))
            batch.add(Statement(ChangeTable.pieceEdits, user.rawValue))
            batch.add(Statement(ChangeTable.unconfirmed, user.rawValue))
            if !paths.isEmpty {
                let texts = try SQLRows(paths.map(\.relative))
                batch.add(Statement(DocumentTable.texts, user.rawValue, texts))
            }
            return batch.statements
        }
    }

    /// What the answers to ``statements`` say, with what is known from now on.
    ///
    /// Nil where the database, restored from a backup, is behind what was known: then it is to be read ``anew``.
    func state(
        of answers: [Answer],
        builtin: [PieceName: String],
        at moment: Date
    ) throws -> (state: UserState, known: EntryCache.Known)? {
        guard let known = try known(after: answers[0].rows) else { return nil }
        let waiting = try answers[2].rows.compactMap { try ChangeTable.unconfirmed(of: $0) }
        let others = try answers.dropFirst(3).first?.rows.map(DocumentTable.document(of:)) ?? []
        let state = UserState(
            user: user,
            scope: scope,
            entries: known.entries,
            pieces: PieceCatalog(builtin: builtin, own: known.pieces),
            others: others.filter { !known.paths.contains($0.path.relative) },
            pieceEdits: Dictionary(
                uniqueKeysWithValues: try answers[1].rows.map {
                    (try $0.value("name") as String, try $0.value("at") as Date)
                }
            ),
            unconfirmed: waiting.filter { $0.job != job },
            moment: moment
        )
        return (state, known)
    }

    private func known(after rows: [Answer.Row]) throws -> EntryCache.Known? {
        var known = known
        let revision: Int = try rows.first?.value("revision") ?? 0
        guard rows.isEmpty || revision >= known.revision else { return nil }
        for row in rows {
            guard let document: String = try row.optional("document") else { continue }
            let path = try JSONText.decoding(DocumentPath.self, from: document)
            let text: String? = try row.optional("text")
            known.note(text.map { Document(path: path, text: $0) }, at: path)
        }
        known.revision = revision
        return known
    }
}
#endif
