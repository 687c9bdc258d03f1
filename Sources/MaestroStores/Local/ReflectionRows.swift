// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// The rows of history: one for every reflection, replaced only where it failed or was cancelled before.
enum ReflectionRows {
    private static let columns = [
        "id", "kind", "job", "user", "scope", "piece", "job_outcome", "job_outcome_inferred", "outcome", "reasoning",
        "reflector", "model", "tokens_in", "tokens_out", "duration_ms", "memory_changes", "piece_edited",
        "digest_bytes",
        "digest_of_bytes", "notes", "error", "reverts", "created_at",
    ]
    private static let insertion =
        "INSERT INTO reflections (\(columns.joined(separator: ", "))) "
        + "VALUES (\(columns.map { _ in "?" }.joined(separator: ", "))) "
        + "ON CONFLICT (id) DO UPDATE SET \(columns.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))"

    static func save(_ reflection: Reflection, in db: Database) throws {
        let statement = try db.cachedStatement(sql: insertion)
        try statement.execute(arguments: [
            reflection.id.rawValue, reflection.kind.rawValue, reflection.job?.rawValue, reflection.user.rawValue,
            reflection.scope.text, reflection.piece, reflection.jobOutcome.status.rawValue,
            reflection.jobOutcome.inferred, reflection.outcome.rawValue, reflection.reasoning, reflection.reflector,
            reflection.model, reflection.tokensIn, reflection.tokensOut, reflection.durationMilliseconds,
            reflection.memoryChanges, reflection.pieceEdited, reflection.digest?.bytes, reflection.digest?.ofBytes,
            try JSONText.encoding(reflection.notes), reflection.error, try JSONText.encoding(reflection.reverts),
            reflection.createdAt.milliseconds,
        ])
    }

    static func reflection(_ id: Reflection.ID, in db: Database) throws -> Reflection? {
        try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM reflections WHERE id = ?"), arguments: [id.rawValue])
            .map(
                reflection(of:)
            )
    }

    static func outcome(of id: Reflection.ID, in db: Database) throws -> Reflection.Outcome? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT outcome FROM reflections WHERE id = ?"),
            arguments: [id.rawValue]
        ).map { Reflection.Outcome(rawValue: $0) ?? .failed }
    }

    static func reflections(_ query: HistoryQuery, in db: Database) throws -> [Reflection] {
        var conditions = ["kind IN (\(query.kinds.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))"]
        var arguments: StatementArguments = []
        if let user = query.user {
            conditions.append("user = ?")
            arguments += [user.rawValue]
        }
        if let since = query.since {
            conditions.append("created_at >= ?")
            arguments += [since.milliseconds]
        }
        arguments += [query.limit]
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM reflections WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY created_at DESC, rowid DESC LIMIT ?
                    """
            ),
            arguments: arguments
        ).map(reflection(of:))
    }

    static func reflections(withPrefix prefix: String, of user: UserID, in db: Database) throws -> [Reflection] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM reflections WHERE user = ? AND substr(id, 1, length(?)) = ?
                    ORDER BY created_at DESC, rowid DESC LIMIT 50
                    """
            ),
            arguments: [user.rawValue, prefix, prefix]
        ).map(reflection(of:))
    }

    static func reflection(of row: Row) throws -> Reflection {
        let digest: DigestSize? =
            if let bytes = row["digest_bytes"] as Int?, let whole = row["digest_of_bytes"] as Int? {
                DigestSize(bytes: bytes, ofBytes: whole)
            } else { nil }
        return Reflection(
            id: Reflection.ID(row["id"]),
            kind: Reflection.Kind(rawValue: row["kind"]) ?? .job,
            job: (row["job"] as String?).map { Job.ID($0) },
            user: UserID(row["user"] as String),
            scope: Scope(row["scope"]),
            piece: row["piece"],
            jobOutcome: JobOutcome(
                JobOutcome.Status(rawValue: row["job_outcome"]) ?? .unknown,
                inferred: row["job_outcome_inferred"]
            ),
            outcome: Reflection.Outcome(rawValue: row["outcome"]) ?? .failed,
            reasoning: row["reasoning"],
            reflector: row["reflector"],
            model: row["model"],
            tokensIn: row["tokens_in"],
            tokensOut: row["tokens_out"],
            durationMilliseconds: row["duration_ms"],
            memoryChanges: row["memory_changes"],
            pieceEdited: row["piece_edited"],
            digest: digest,
            notes: try JSONText.decoding([String].self, from: row["notes"]),
            error: row["error"],
            reverts: try JSONText.decoding([String].self, from: row["reverts"]),
            createdAt: Date(milliseconds: row["created_at"])
        )
    }
}
