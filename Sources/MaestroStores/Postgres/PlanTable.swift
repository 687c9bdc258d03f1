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

    /// The plan's number.
    static func insert(
        _ plan: Plan,
        user: UserID,
        at moment: Date,
        in transaction: Transaction
    ) async throws -> Int {
        let row = try await transaction.run(
            """
            WITH added AS (
                INSERT INTO plans (reflection, sequence, user_id, created_at) VALUES ($1, $2::int, $3, $4) RETURNING id
            ), operations AS (
                INSERT INTO operations (plan, ordinal, user_id, reflection, change, path, document, before, after, at)
                SELECT added.id, place - 1, $3, $1, (value->>'change')::int, value->>'path', value->>'document',
                    value->>'before', value->>'after', $4
                FROM added CROSS JOIN json_array_elements($5::json) WITH ORDINALITY AS list (value, place)
            )
            SELECT id FROM added
            """,
            plan.reflection.rawValue,
            plan.sequence,
            user.rawValue,
            moment,
            try SQLRows(plan.operations.map { try NewOperation($0) })
        ).rows.first
        guard let row else { throw PostgresError.unreadable("the plan was not kept") }
        return try row.value("id")
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

    /// Adds the line that holds `json` to the user's chain.
    static func appendLine(
        holding json: String,
        plan: Int,
        user: UserID,
        in transaction: Transaction
    ) async throws {
        let last = try await transaction.run(
            "SELECT sequence, sha FROM index_lines WHERE user_id = $1 ORDER BY sequence DESC LIMIT 1",
            user.rawValue
        ).rows.first
        let line = IndexLine(
            holding: json,
            sequence: try last.map { try $0.value("sequence") + 1 } ?? 1,
            previous: try last.map { try $0.value("sha") } ?? ""
        )
        try await transaction.run(
            "INSERT INTO index_lines (user_id, sequence, plan, sha, text) VALUES ($1, $2, $3, $4, $5)",
            user.rawValue,
            line.sequence,
            plan,
            line.sha,
            line.text
        )
    }
}
#endif
