// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

extension PostgresCopy {
    /// One transaction.
    package func add(_ records: [CopyRecord]) async throws {
        guard let kind = records.first?.kind else { return }
        let rows = try SQLRows(records.map(\.row))
        let users = Set(records.compactMap(\.user))
        try await postgres.transaction { transaction in
            switch kind {
            case .documents:
                _ = try await UserTable.lock(users, at: postgres.givenTime, in: transaction)
                try await transaction.run(Self.documents, rows, postgres.givenTime)
                try await transaction.run(Self.revisions, try SQLRows(users.map(\.rawValue)))
            case .jobs:
                _ = try await UserTable.lock(users, at: postgres.givenTime, in: transaction)
                try await transaction.run(Self.jobs, rows)
            default: try await transaction.run(CopyQuery(kind).insertion, rows)
            }
            try await advance(kind, to: records, in: transaction)
        }
    }

    private func advance(_ kind: CopyKind, to records: [CopyRecord], in transaction: Transaction) async throws {
        guard let sql = CopyQuery(kind).advance, let column = kind.sequenceColumn,
            let newest = records.compactMap({ $0[column].integer }).max(), newest > 0
        else { return }
        try await transaction.run(sql, Int(newest))
    }

    /// The commit is one transaction here, and nothing is derived of it.
    package func complete(_ observe: @Sendable (Int) -> Void) async throws {}

    // MARK: - What is derived

    /// Who wrote a document last is known by history; `$2` is the time or NULL.
    private static let documents = """
        WITH given AS MATERIALIZED (
            SELECT given.*, given.document::json->>'kind' AS kind, given.document::json->>'scope' AS scope
            FROM \(CopyQuery(.documents).given)
        ), newest AS MATERIALIZED (
            SELECT DISTINCT ON (operations.user_id, operations.path) operations.user_id, operations.path, reflection,
                after, at
            FROM operations JOIN given ON given."user" = operations.user_id AND given.path = operations.path
            WHERE NOT is_superseded AND change IS NOT NULL
            ORDER BY operations.user_id, operations.path, plan DESC
        )
        INSERT INTO documents (user_id, path, kind, scope, document, text, hash, version, reflection, written_at)
        SELECT given."user", given.path, given.kind, given.scope, given.document, given.text,
            encode(sha256(convert_to(given.text, 'UTF8')), 'hex'), COALESCE(given.version, 1),
            CASE WHEN newest.after = given.text THEN newest.reflection END,
            COALESCE(newest.at, \(PostgresStore.now.replacing("$1", with: "$2")))
        FROM given LEFT JOIN newest ON newest.user_id = given."user" AND newest.path = given.path
        ON CONFLICT DO NOTHING
        """

    /// A revision is never behind a document's version; `$1` are users.
    private static let revisions = """
        UPDATE users SET revision = GREATEST(revision, (SELECT max(version) FROM documents WHERE user_id = users.id))
        WHERE id IN (SELECT value FROM json_array_elements_text($1::json))
        """

    /// With what a claim looks at in the users' rows.
    private static let jobs = """
        WITH added AS (
            \(CopyQuery(.jobs).insertion) RETURNING user_id, state, due_at
        ), tally AS (
            SELECT user_id, min(due_at) FILTER (WHERE state = 'queued') AS due,
                count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'dead') AS dead,
                count(*) FILTER (WHERE state = 'cancelled') AS cancelled
            FROM added GROUP BY user_id
        )
        UPDATE users SET head_due_at = LEAST(head_due_at, tally.due), done = users.done + tally.done,
            dead = users.dead + tally.dead, cancelled = users.cancelled + tally.cancelled
        FROM tally WHERE users.id = tally.user_id
        """

    // MARK: - Holding workers back

    package func holdBack() async throws {
        try await postgres.transaction { transaction in
            _ = try await transaction.run(
                """
                INSERT INTO pauses (user_id, reason, since) SELECT NULL, $2, \(PostgresStore.now)
                WHERE NOT EXISTS (SELECT 1 FROM pauses WHERE user_id IS NULL AND reason = $2)
                """,
                postgres.givenTime,
                HoldBack.reason
            )
        }
    }

    package func release() async throws {
        try await postgres.transaction { transaction in
            _ = try await transaction.run(
                "DELETE FROM pauses WHERE user_id IS NULL AND reason = $1",
                HoldBack.reason
            )
        }
    }
}

extension CopyRecord {
    /// As an object with a key for every column.
    fileprivate var row: [String: CopyValue] {
        Dictionary(
            uniqueKeysWithValues: zip(kind.columns, values).filter { !$0.0.isRemark }.map { ($0.0.name, $0.1) }
        )
    }
}
#endif
