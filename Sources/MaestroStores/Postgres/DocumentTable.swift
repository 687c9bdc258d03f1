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

    /// When our commits wrote each entry last: `$1` user.
    static let writes = """
        SELECT path, written_at FROM documents
        WHERE user_id = $1 AND kind = 'entry' AND reflection IS NOT NULL AND text IS NOT NULL
        """

    static func document(of row: Answer.Row) throws -> Document {
        Document(
            path: try JSONText.decoding(DocumentPath.self, from: row.value("document")),
            text: try row.value("text")
        )
    }

    /// The entries of one scope, for a scope that was not read.
    static func reading(_ scope: Scope, of user: UserID) -> Statement {
        Statement(
            """
            SELECT document, text FROM documents
            WHERE user_id = $1 AND kind = 'entry' AND scope = $2 AND text IS NOT NULL ORDER BY path
            """,
            user.rawValue,
            scope.text
        )
    }

    /// A document of a plan as a row.
    private struct NewDocument: Encodable {
        let path: String
        let kind: String
        let scope: String?
        let document: String
        let before: String?
        let text: String?
        let hash: String?
        let isOfChange: Bool

        init(_ operation: Plan.Operation) throws {
            let write = operation.write
            path = write.path.relative
            kind = write.path.kind
            scope = write.path.scope?.text
            document = try JSONText.encoding(write.path)
            before = write.before.map { ContentHash(of: $0).hex }
            text = write.after
            hash = write.after.map { ContentHash(of: $0).hex }
            isOfChange = operation.change != nil
        }
    }

    /// Carries out a plan, each document from the very text it was planned on, as version `revision`; answers with the paths
    /// of those that it changed.
    ///
    /// One that is not there any more as it was planned on is left as it is: see ``check(_:carriedOut:)``.
    static func carryingOut(_ plan: Plan, of user: UserID, as revision: Int, at moment: Date) throws -> Statement? {
        guard !plan.operations.isEmpty else { return nil }
        return Statement(
            writing,
            user.rawValue,
            revision,
            plan.reflection.rawValue,
            moment,
            try SQLRows(plan.operations.map { try NewDocument($0) })
        )
    }

    /// - Throws: ``StoreError/unusable(_:hint:)`` where a document is another one: then the transaction must not be committed.
    static func check(_ plan: Plan, carriedOut answer: Answer) throws {
        let changed = Set(try answer.rows.map { try $0.value("path") as String })
        for path in plan.operations.map(\.write.path.relative) where !changed.contains(path) {
            throw StoreError.unusable(
                "`\(path)` is not the text any more that was decided on; nothing was changed",
                hint: "run it again; if it happens again, report it"
            )
        }
    }

    /// `$1` user, `$2` revision, `$3` reflection, `$4` time, `$5` documents; the row of one that was removed is used again.
    private static let writing = """
        WITH given AS MATERIALIZED (
            SELECT path, kind, scope, document, before, text, hash, CASE WHEN "isOfChange" THEN $3 END AS reflection
            FROM json_to_recordset($5::json) AS list (path text, kind text, scope text, document text, before text,
                text text, hash text, "isOfChange" boolean)
        ), replaced AS (
            UPDATE documents SET text = given.text, hash = given.hash, version = $2::bigint,
                reflection = given.reflection, written_at = $4::bigint
            FROM given
            WHERE documents.user_id = $1 AND documents.path = given.path AND documents.text IS NOT NULL
                AND documents.hash = given.before
            RETURNING documents.path
        ), added AS (
            INSERT INTO documents (user_id, path, kind, scope, document, text, hash, version, reflection, written_at)
            SELECT $1, path, kind, scope, document, text, hash, $2::bigint, reflection, $4::bigint
            FROM given WHERE before IS NULL
            ON CONFLICT (user_id, path) DO UPDATE SET text = excluded.text, hash = excluded.hash,
                version = excluded.version, reflection = excluded.reflection, written_at = excluded.written_at
            WHERE documents.text IS NULL
            RETURNING documents.path
        ), counted AS (
            UPDATE users SET revision = $2::bigint WHERE id = $1
        )
        SELECT path FROM replaced UNION ALL SELECT path FROM added
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
