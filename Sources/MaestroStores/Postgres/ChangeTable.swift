// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// Every change with its verdict, and how it was settled where it waited.
enum ChangeTable {
    /// A decision as a row.
    private struct NewChange: Encodable {
        let ordinal: Int
        let op: String
        let name: String
        let scope: String?
        let verdict: String
        let code: String?
        let message: String
        let proposed: String?
        let evidence: String
        let agreesWith: String?

        init(_ decision: Decision) throws {
            ordinal = decision.ordinal
            op = decision.operation.rawValue
            name = decision.name
            scope = decision.scope?.text
            verdict = decision.verdict.rawValue
            code = decision.code?.rawValue
            message = decision.message
            proposed = try decision.proposed.map { try JSONText.encoding($0) }
            evidence = try JSONText.encoding(decision.evidence)
            agreesWith = decision.agreesWith
        }
    }

    /// Nil where there is nothing to insert.
    static func inserting(_ decisions: [Decision], of reflection: Reflection) throws -> Statement? {
        guard !decisions.isEmpty else { return nil }
        return Statement(
            """
            INSERT INTO changes (reflection, ordinal, user_id, op, name, scope, verdict, code, message, proposed, evidence,
                agrees_with)
            SELECT $1, ordinal, $2, op, name, scope, verdict, code, message, proposed, evidence, "agreesWith"
            FROM json_to_recordset($3::json) AS given (ordinal int, op text, name text, scope text, verdict text,
                code text, message text, proposed text, evidence text, "agreesWith" text)
            """,
            reflection.id.rawValue,
            reflection.user.rawValue,
            try SQLRows(decisions.map { try NewChange($0) })
        )
    }

    /// Replaces a waiting change by the decision that settles it.
    ///
    /// False where it does not wait.
    static func settle(
        _ change: ChangeID,
        with decision: Decision,
        resolver: String,
        reason: String?,
        at moment: Date,
        in transaction: Transaction
    ) async throws -> Bool {
        try await transaction.run(
            """
            UPDATE changes SET name = $3, scope = $4, verdict = $5, code = $6, message = $7, resolver = $8,
                resolved_at = $9, reason = $10
            WHERE reflection = $1 AND ordinal = $2::int AND verdict = 'waiting'
            """,
            change.reflection.rawValue,
            change.ordinal,
            decision.name,
            decision.scope?.text,
            decision.verdict.rawValue,
            decision.code?.rawValue,
            decision.message,
            resolver,
            moment,
            reason
        ).changed == 1
    }

    static func isSettled(
        _ change: ChangeID,
        by resolver: String,
        at moment: Date,
        in transaction: Transaction
    ) async throws -> Bool {
        try await !transaction.run(
            "SELECT FROM changes WHERE reflection = $1 AND ordinal = $2::int AND resolver = $3 AND resolved_at = $4",
            change.reflection.rawValue,
            change.ordinal,
            resolver,
            moment
        ).rows.isEmpty
    }

    /// Settles the waiting change that an accepted one of another job agrees with.
    static func agree(
        _ other: ChangeID,
        with change: ChangeID,
        user: UserID,
        at moment: Date,
        in transaction: Transaction
    ) async throws {
        try await transaction.run(
            """
            UPDATE changes SET verdict = 'accepted', code = NULL, resolver = 'agreement', resolved_at = $4, reason = $5,
                settled_by = $6, message = $7
            WHERE reflection = $1 AND ordinal = $2::int AND user_id = $3 AND verdict = 'waiting'
            """,
            other.reflection.rawValue,
            other.ordinal,
            user.rawValue,
            moment,
            "agreed with by \(change)",
            change.reflection.rawValue,
            "confirmed by a second job; written by \(change)"
        )
    }

    /// Marks what a revert took back; a revert that is reverted itself gives back what it had taken.
    static func markingReverted(_ ids: [String], by reverting: Reflection.ID, user: UserID) -> [Statement] {
        ids.flatMap { id in
            let change = ChangeID(parsing: id)
            let reflection = change?.reflection.rawValue ?? id
            return [
                Statement(
                    """
                    UPDATE changes SET reverted_by = $1
                    WHERE user_id = $2 AND reflection = $3 AND ($4::int IS NULL OR ordinal = $4)
                        AND verdict = 'accepted'
                    """,
                    reverting.rawValue,
                    user.rawValue,
                    reflection,
                    change?.ordinal
                ),
                Statement(
                    "UPDATE changes SET reverted_by = NULL WHERE user_id = $1 AND reverted_by = $2",
                    user.rawValue,
                    reflection
                ),
            ]
        }
    }

    // MARK: - Reading

    static func decisions(of reflection: Reflection.ID, in transaction: Transaction) async throws -> [Decision] {
        let writes = try await PlanTable.writes(of: reflection, in: transaction)
        return try await transaction.run(
            "SELECT * FROM changes WHERE reflection = $1 ORDER BY ordinal",
            reflection.rawValue
        ).rows.map { row in
            let ordinal: Int = try row.value("ordinal")
            return try decision(of: row, writes: writes[ordinal] ?? [])
        }
    }

    /// The decision as it waits; nil where it does not, or there is none.
    static func waiting(
        _ change: ChangeID,
        of user: UserID,
        in transaction: Transaction
    ) async throws -> Decision? {
        try await transaction.run(
            """
            SELECT * FROM changes
            WHERE reflection = $1 AND ordinal = $2::int AND user_id = $3 AND verdict = 'waiting'
            """,
            change.reflection.rawValue,
            change.ordinal,
            user.rawValue
        ).rows.first.map { try decision(of: $0, writes: []) }
    }

    /// What became of a change, in words, where it does not wait.
    static func standing(of change: ChangeID, user: UserID, in transaction: Transaction) async throws -> String? {
        try await transaction.run(
            "SELECT verdict, resolver FROM changes WHERE reflection = $1 AND ordinal = $2::int AND user_id = $3",
            change.reflection.rawValue,
            change.ordinal,
            user.rawValue
        ).rows.first.map { row in
            let (verdict, resolver): (String, String?) = (try row.value("verdict"), try row.optional("resolver"))
            return verdict + (resolver.map { " by \($0)" } ?? "")
        }
    }

    static func decision(of row: Answer.Row, writes: [DocumentWrite]) throws -> Decision {
        let (scope, code): (String?, String?) = (try row.optional("scope"), try row.optional("code"))
        let proposed: String? = try row.optional("proposed")
        return Decision(
            ordinal: try row.value("ordinal"),
            operation: Change.Operation(rawValue: try row.value("op")) ?? .update,
            name: try row.value("name"),
            scope: scope.map { Scope($0) },
            verdict: Decision.Verdict(rawValue: try row.value("verdict")) ?? .rejected,
            code: code.flatMap { Rejection(rawValue: $0) },
            message: try row.value("message"),
            proposed: try proposed.map { try JSONText.decoding(ProposedChange.self, from: $0) },
            evidence: try JSONText.decoding([Evidence].self, from: row.value("evidence")),
            writes: writes,
            agreesWith: try row.optional("agrees_with")
        )
    }
}
#endif
