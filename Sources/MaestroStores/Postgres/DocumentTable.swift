// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// The documents as rows: the truth.
enum DocumentTable {
    /// What changed since a revision, with the revision that it leads to: `$1` user, `$2` revision, `$3` scope.
    ///
    /// One statement, so that all of it is of one moment. No row: nobody knows the user.
    static let changes = """
        SELECT users.revision, documents.path, documents.document, documents.text
        FROM users LEFT JOIN documents ON documents.user_id = users.id AND documents.version > $2::bigint
            AND (kind = 'piece' OR kind = 'entry' AND scope IN ('global', $3))
        WHERE users.id = $1 ORDER BY documents.path
        """

    /// The texts at some places: `$1` user, `$2` their paths.
    static let texts = """
        SELECT path, document, text FROM documents
        WHERE user_id = $1 AND text IS NOT NULL AND path IN (SELECT value FROM json_array_elements_text($2::json))
        ORDER BY path
        """

    static func document(of row: Answer.Row) throws -> Document {
        Document(
            path: try JSONText.decoding(DocumentPath.self, from: row.value("document")),
            text: try row.value("text")
        )
    }

    static func text(at path: DocumentPath, of user: UserID, in transaction: Transaction) async throws -> String? {
        try await transaction.run(texts, user.rawValue, SQLRows([path.relative])).rows.first?.optional("text")
    }

    /// The entries of one scope, for a scope that was not read.
    static func entries(
        in scope: Scope,
        of user: UserID,
        in transaction: Transaction
    ) async throws -> [MemoryEntry] {
        try await transaction.run(
            """
            SELECT document, text FROM documents
            WHERE user_id = $1 AND kind = 'entry' AND scope = $2 AND text IS NOT NULL ORDER BY path
            """,
            user.rawValue,
            scope.text
        ).rows.compactMap { MemoryEntry(try document(of: $0)) }
    }

    /// Carries out a plan, each document from the very text it was planned on, as version `revision`.
    ///
    /// - Throws: ``StoreError/unusable(_:hint:)`` where a document is another one: then the transaction must not be committed.
    static func carryOut(
        _ plan: Plan,
        of user: UserID,
        as revision: Int,
        at moment: Date,
        in transaction: Transaction
    ) async throws {
        for operation in plan.operations {
            let write = operation.write
            let reflection = operation.change == nil ? nil : plan.reflection.rawValue
            let changed = try await transaction.run(
                write.before == nil ? insertion : replacement,
                user.rawValue,
                write.path.relative,
                write.after,
                write.after.map { ContentHash(of: $0).hex },
                revision,
                reflection,
                moment,
                write.before.map { ContentHash(of: $0).hex } ?? write.path.kind,
                write.before == nil ? try JSONText.encoding(write.path) : nil,
                write.before == nil ? write.path.scope?.text : nil
            ).changed
            guard changed == 1 else {
                throw StoreError.unusable(
                    "`\(write.path.relative)` is not the text any more that was decided on; nothing was changed",
                    hint: "run it again; if it happens again, report it"
                )
            }
        }
        guard !plan.operations.isEmpty else { return }
        try await transaction.run(
            "UPDATE users SET revision = $2::bigint WHERE id = $1",
            user.rawValue,
            revision
        )
    }

    /// For a document that is not there; `$8` is its kind.
    ///
    /// The row of one that was removed is used again.
    private static let insertion = """
        INSERT INTO documents (user_id, path, text, hash, version, reflection, written_at, kind, document, scope)
        VALUES ($1, $2, $3, $4, $5::bigint, $6, $7::bigint, $8, $9, $10)
        ON CONFLICT (user_id, path) DO UPDATE SET text = excluded.text, hash = excluded.hash,
            version = excluded.version, reflection = excluded.reflection, written_at = excluded.written_at
        WHERE documents.text IS NULL
        """

    /// `$8` is the hash it must have.
    private static let replacement = """
        UPDATE documents SET text = $3, hash = $4, version = $5::bigint, reflection = $6, written_at = $7::bigint
        WHERE user_id = $1 AND path = $2 AND text IS NOT NULL AND hash = $8 AND $9::text IS NULL AND $10::text IS NULL
        """
}

extension DocumentPath {
    /// As its row names it.
    var kind: String {
        switch self {
        case .entry: "entry"
        case .index: "index"
        case .piece: "piece"
        }
    }
}

extension MemoryEntry {
    /// Nil where the document is no entry.
    init?(_ document: Document) {
        guard case .entry(let scope, let stem) = document.path else { return nil }
        self.init(reading: document, name: stem, scope: scope)
    }
}
#endif
