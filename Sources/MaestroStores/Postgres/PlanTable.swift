// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// Plans, their operations and the line of the index that each leaves: the history of every document, before and after.
///
/// A plan is carried out in the transaction that writes it down; there is none that still waits.
enum PlanTable {
    /// An operation as a row.
    private struct NewOperation: Encodable {
        let change: Int?
        let path: String
        let document: String
        let before: String?
        let after: String?

        init(_ operation: Plan.Operation) throws {
            change = operation.change?.ordinal
            path = operation.write.path.relative
            document = try JSONText.encoding(operation.write.path)
            before = operation.write.before
            after = operation.write.after
        }
    }

    /// Writes down the plan, its operations, and the line that it leaves in the index.
    static func inserting(_ plan: Plan, user: UserID, line: IndexLine, at moment: Date) throws -> Statement {
        Statement(
            """
            WITH added AS (
                INSERT INTO plans (reflection, sequence, user_id, created_at) VALUES ($1, $2::int, $3, $4) RETURNING id
            ), operations AS (
                INSERT INTO operations (plan, ordinal, user_id, reflection, change, path, document, before, after, at)
                SELECT added.id, place - 1, $3, $1, (value->>'change')::int, value->>'path', value->>'document',
                    value->>'before', value->>'after', $4
                FROM added CROSS JOIN json_array_elements($5::json) WITH ORDINALITY AS list (value, place)
            )
            INSERT INTO index_lines (user_id, sequence, plan, sha, text)
            SELECT $3, $6::bigint, added.id, $7, $8 FROM added
            """,
            plan.reflection.rawValue,
            plan.sequence,
            user.rawValue,
            moment,
            try SQLRows(plan.operations.map { try NewOperation($0) }),
            line.sequence,
            line.sha,
            line.text
        )
    }

    static func nextSequence(of reflection: Reflection.ID, in transaction: Transaction) async throws -> Int {
        try await transaction.run(
            "SELECT COALESCE(max(sequence), 0) + 1 AS next FROM plans WHERE reflection = $1",
            reflection.rawValue
        ).rows.first?.value("next") ?? 1
    }

    // MARK: - Operations

    /// `$1` is the reflection.
    static let operations = "SELECT * FROM operations WHERE reflection = $1 ORDER BY plan, ordinal"

    /// By ordinal of the change; index files left out.
    static func writes(
        of reflection: Reflection.ID,
        in transaction: Transaction
    ) async throws -> [Int: [DocumentWrite]] {
        var writes: [Int: [DocumentWrite]] = [:]
        for row in try await transaction.run(operations, reflection.rawValue).rows {
            guard let change: Int = try row.optional("change") else { continue }
            writes[change, default: []].append(try write(of: row))
        }
        return writes
    }

    static func applied(of rows: [Answer.Row]) throws -> [AppliedOperation] {
        try rows.compactMap { row in
            guard let change: Int = try row.optional("change") else { return nil }
            return AppliedOperation(
                change: ChangeID(Reflection.ID(try row.value("reflection")), change),
                write: try write(of: row),
                isSuperseded: try row.value("is_superseded"),
                at: try row.value("at")
            )
        }
    }

    private static func write(of row: Answer.Row) throws -> DocumentWrite {
        DocumentWrite(
            path: try JSONText.decoding(DocumentPath.self, from: row.value("document")),
            before: try row.optional("before"),
            after: try row.optional("after")
        )
    }

    // MARK: - Index

    /// Where the user's chain ends.
    static func readingEnd(of user: UserID) -> Statement {
        Statement(
            "SELECT sequence, sha FROM index_lines WHERE user_id = $1 ORDER BY sequence DESC LIMIT 1",
            user.rawValue
        )
    }

    /// The line that holds `json`, behind the end that ``readingEnd(of:)`` found.
    static func line(holding json: String, behind end: [Answer.Row]) throws -> IndexLine {
        IndexLine(
            holding: json,
            sequence: try end.first.map { try $0.value("sequence") + 1 } ?? 1,
            previous: try end.first.map { try $0.value("sha") } ?? ""
        )
    }
}
#endif
