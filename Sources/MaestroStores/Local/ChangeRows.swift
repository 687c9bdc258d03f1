// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// Every change with its verdict, and how it was settled where it waited.
enum ChangeRows {
    static func insert(_ decision: Decision, of reflection: Reflection, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO changes (reflection, ordinal, user, op, name, scope, verdict, code, message, proposed, evidence,
                    agrees_with) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(arguments: [
            reflection.id.rawValue, decision.ordinal, reflection.user.rawValue, decision.operation.rawValue,
            decision.name, decision.scope?.text, decision.verdict.rawValue, decision.code?.rawValue, decision.message,
            try decision.proposed.map { try JSONText.encoding($0) }, try JSONText.encoding(decision.evidence),
            decision.agreesWith,
        ])
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
        in db: Database
    ) throws -> Bool {
        try db.run(
            sql: """
                UPDATE changes SET name = ?, scope = ?, verdict = ?, code = ?, message = ?, resolver = ?, resolved_at = ?,
                    reason = ? WHERE reflection = ? AND ordinal = ? AND verdict = 'waiting'
                """,
            arguments: [
                decision.name, decision.scope?.text, decision.verdict.rawValue, decision.code?.rawValue,
                decision.message, resolver, moment.milliseconds, reason, change.reflection.rawValue, change.ordinal,
            ]
        )
        return db.changesCount == 1
    }

    /// Settles the waiting change that an accepted one of another job agrees with.
    static func agree(_ other: ChangeID, with change: ChangeID, user: UserID, at moment: Date, in db: Database) throws {
        try db.run(
            sql: """
                UPDATE changes SET verdict = 'accepted', code = NULL, resolver = 'agreement', resolved_at = ?, reason = ?,
                    settled_by = ?, message = ? WHERE reflection = ? AND ordinal = ? AND user = ? AND verdict = 'waiting'
                """,
            arguments: [
                moment.milliseconds, "agreed with by \(change)", change.reflection.rawValue,
                "confirmed by a second job; written by \(change)", other.reflection.rawValue, other.ordinal,
                user.rawValue,
            ]
        )
    }

    /// Marks what a revert took back; a revert that is reverted itself gives back what it had taken.
    static func markReverted(_ ids: [String], by reverting: Reflection.ID, user: UserID, in db: Database) throws {
        for id in ids {
            let change = ChangeID(parsing: id)
            try db.run(
                sql: """
                    UPDATE changes SET reverted_by = ?
                    WHERE user = ? AND reflection = ? AND (? IS NULL OR ordinal = ?) AND verdict = 'accepted'
                    """,
                arguments: [
                    reverting.rawValue, user.rawValue, change?.reflection.rawValue ?? id, change?.ordinal,
                    change?.ordinal,
                ]
            )
            try db.run(
                sql: "UPDATE changes SET reverted_by = NULL WHERE user = ? AND reverted_by = ?",
                arguments: [user.rawValue, change?.reflection.rawValue ?? id]
            )
        }
    }

    static func decisions(of reflection: Reflection.ID, in db: Database) throws -> [Decision] {
        try decisions(of: reflection, writing: PlanRows.written(by: reflection, in: db), in: db)
    }

    /// `operations` are all those of the reflection.
    static func decisions(
        of reflection: Reflection.ID,
        writing operations: [PlanRows.Written],
        in db: Database
    ) throws -> [Decision] {
        var writes: [Int: [DocumentWrite]] = [:]
        for operation in operations.map(\.operation) {
            if let change = operation.change { writes[change.ordinal, default: []].append(operation.write) }
        }
        return try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM changes WHERE reflection = ? ORDER BY ordinal"),
            arguments: [reflection.rawValue]
        ).map { try decision(of: $0, writes: writes[$0["ordinal"]] ?? []) }
    }

    /// With the reflections that they belong to, oldest first.
    static func waiting(of user: UserID, in db: Database) throws -> [(ChangeID, Decision)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT changes.* FROM changes JOIN reflections ON reflections.id = changes.reflection
                    WHERE changes.user = ? AND verdict = 'waiting'
                    ORDER BY reflections.created_at, reflections.rowid, ordinal
                    """
            ),
            arguments: [user.rawValue]
        ).map { (ChangeID(Reflection.ID($0["reflection"]), $0["ordinal"]), try decision(of: $0, writes: [])) }
    }

    /// Adds of projects' facts that wait only because one job alone says them.
    static func unconfirmed(of user: UserID, in db: Database) throws -> [UserState.Unconfirmed] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT changes.*, reflections.job AS job FROM changes
                    JOIN reflections ON reflections.id = changes.reflection
                    WHERE changes.user = ? AND verdict = 'waiting' AND code = 'untrusted_evidence' AND op = 'add'
                        AND reflections.job IS NOT NULL
                    ORDER BY reflections.created_at, reflections.rowid, ordinal
                    """
            ),
            arguments: [user.rawValue]
        ).compactMap { row in
            let decision = try decision(of: row, writes: [])
            guard case .memory(let change)? = decision.proposed?.change, let type = change.type,
                type == .project || type == .reference
            else { return nil }
            return UserState.Unconfirmed(
                change: "\(ChangeID(Reflection.ID(row["reflection"]), decision.ordinal))",
                job: Job.ID(row["job"]),
                scope: decision.scope ?? .global,
                type: type,
                description: change.description,
                body: change.body,
                evidence: decision.evidence
            )
        }
    }

    /// The decision as it waits; nil where it does not, or there is none.
    static func waiting(_ change: ChangeID, of user: UserID, in db: Database) throws -> Decision? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT * FROM changes WHERE reflection = ? AND ordinal = ? AND user = ? AND verdict = 'waiting'"
            ),
            arguments: [change.reflection.rawValue, change.ordinal, user.rawValue]
        ).map { try decision(of: $0, writes: []) }
    }

    /// What became of a change, in words, where it does not wait.
    static func standing(of change: ChangeID, user: UserID, in db: Database) throws -> String? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT verdict, resolver FROM changes WHERE reflection = ? AND ordinal = ? AND user = ?"
            ),
            arguments: [change.reflection.rawValue, change.ordinal, user.rawValue]
        )
        return row.map { row in
            let resolver = (row["resolver"] as String?).map { " by \($0)" } ?? ""
            return "\(row["verdict"] as String)\(resolver)"
        }
    }

    /// Other reflections whose waiting changes this one settled.
    static func settled(by reflection: Reflection.ID, in db: Database) throws -> [Reflection.ID] {
        try String.fetchAll(
            db.cachedStatement(sql: "SELECT DISTINCT reflection FROM changes WHERE settled_by = ?"),
            arguments: [reflection.rawValue]
        ).map { Reflection.ID($0) }
    }

    private static func decision(of row: Row, writes: [DocumentWrite]) throws -> Decision {
        Decision(
            ordinal: row["ordinal"],
            operation: Change.Operation(rawValue: row["op"]) ?? .update,
            name: row["name"],
            scope: (row["scope"] as String?).map { Scope($0) },
            verdict: Decision.Verdict(rawValue: row["verdict"]) ?? .rejected,
            code: (row["code"] as String?).flatMap { Rejection(rawValue: $0) },
            message: row["message"],
            proposed: try (row["proposed"] as String?).map { try JSONText.decoding(ProposedChange.self, from: $0) },
            evidence: try JSONText.decoding([Evidence].self, from: row["evidence"]),
            writes: writes,
            agreesWith: row["agrees_with"]
        )
    }

    /// When each piece was last edited by a reflection on a job, without edits that were taken back.
    static func pieceEdits(of user: UserID, in db: Database) throws -> [String: Date] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT name, MAX(COALESCE(resolved_at, created_at)) AS at
                    FROM changes JOIN reflections ON reflections.id = changes.reflection
                    WHERE changes.user = ? AND op = 'piece_edit' AND verdict = 'accepted' AND kind = 'job'
                        AND reverted_by IS NULL
                    GROUP BY name
                    """
            ),
            arguments: [user.rawValue]
        )
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"], Date(milliseconds: $0["at"])) })
    }

    static func confirmations(of user: UserID, in db: Database) throws -> [String: Int] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT name, scope, COUNT(*) AS count FROM changes
                    WHERE user = ? AND op = 'confirm' AND verdict = 'accepted' AND reverted_by IS NULL GROUP BY name, scope
                    """
            ),
            arguments: [user.rawValue]
        )
        var counts: [String: Int] = [:]
        for row in rows {
            guard let name = EntryName(row["name"]) else { continue }
            counts[DocumentPath.entry(Scope(row["scope"] ?? "global"), stem: name).relative, default: 0] += row["count"]
        }
        return counts
    }

    static func codeCounts(of user: UserID?, in db: Database) throws -> [Rejection: Int] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT code, COUNT(*) AS count FROM changes JOIN reflections ON reflections.id = changes.reflection
                    WHERE kind = 'job' AND code IS NOT NULL AND verdict IN ('rejected', 'waiting')
                        AND (? IS NULL OR changes.user = ?) GROUP BY code
                    """
            ),
            arguments: [user?.rawValue, user?.rawValue]
        )
        var counts: [Rejection: Int] = [:]
        for row in rows { if let code = Rejection(rawValue: row["code"]) { counts[code] = row["count"] } }
        return counts
    }
}
