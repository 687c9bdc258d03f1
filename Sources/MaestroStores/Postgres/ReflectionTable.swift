// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// The rows of history: one for every reflection, replaced only where it failed or was cancelled before.
enum ReflectionTable {
    private static let columns = [
        "id", "kind", "job", "user_id", "scope", "piece", "job_outcome", "job_outcome_inferred", "outcome", "reasoning",
        "reflector", "model", "tokens_in", "tokens_out", "duration_ms", "memory_changes", "piece_edited",
        "digest_bytes", "digest_of_bytes", "notes", "error", "reverts", "created_at",
    ]
    private static let insertion =
        "INSERT INTO reflections (\(columns.joined(separator: ", "))) "
        + "VALUES (\((1...columns.count).map { "$\($0)" }.joined(separator: ", "))) "
        + "ON CONFLICT (id) DO UPDATE SET \(columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", "))"

    static func save(_ reflection: Reflection, in transaction: Transaction) async throws {
        try await transaction.run(saving(reflection))
    }

    static func saving(_ reflection: Reflection) throws -> Statement {
        Statement(
            insertion,
            reflection.id.rawValue,
            reflection.kind.rawValue,
            reflection.job?.rawValue,
            reflection.user.rawValue,
            reflection.scope.text,
            reflection.piece,
            reflection.jobOutcome.status.rawValue,
            reflection.jobOutcome.inferred,
            reflection.outcome.rawValue,
            reflection.reasoning,
            reflection.reflector,
            reflection.model,
            reflection.tokensIn,
            reflection.tokensOut,
            reflection.durationMilliseconds,
            reflection.memoryChanges,
            reflection.pieceEdited,
            reflection.digest?.bytes,
            reflection.digest?.ofBytes,
            try JSONText.encoding(reflection.notes),
            reflection.error,
            try JSONText.encoding(reflection.reverts),
            reflection.createdAt
        )
    }

    static func reflection(_ id: Reflection.ID, in transaction: Transaction) async throws -> Reflection? {
        try await transaction.run(reading(id)).rows.first.map(reflection(of:))
    }

    static func reading(_ id: Reflection.ID) -> Statement {
        Statement("SELECT * FROM reflections WHERE id = $1", id.rawValue)
    }

    /// `$1` user or NULL, `$2` time or NULL, `$3` limit.
    static func list(_ kinds: Set<Reflection.Kind>) -> String {
        """
        SELECT * FROM reflections
        WHERE kind IN (\(kinds.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))
            AND ($1::text IS NULL OR user_id = $1) AND ($2::bigint IS NULL OR created_at >= $2)
        ORDER BY created_at DESC, number DESC LIMIT $3::bigint
        """
    }

    static func reflection(of row: Answer.Row) throws -> Reflection {
        let digest: DigestSize? =
            if let bytes: Int = try row.optional("digest_bytes"), let whole: Int = try row.optional("digest_of_bytes") {
                DigestSize(bytes: bytes, ofBytes: whole)
            } else { nil }
        let job: String? = try row.optional("job")
        return Reflection(
            id: Reflection.ID(try row.value("id")),
            kind: Reflection.Kind(rawValue: try row.value("kind")) ?? .job,
            job: job.map { Job.ID($0) },
            user: UserID(try row.value("user_id") as String),
            scope: Scope(try row.value("scope")),
            piece: try row.optional("piece"),
            jobOutcome: JobOutcome(
                JobOutcome.Status(rawValue: try row.value("job_outcome")) ?? .unknown,
                inferred: try row.optional("job_outcome_inferred")
            ),
            outcome: Reflection.Outcome(rawValue: try row.value("outcome")) ?? .failed,
            reasoning: try row.value("reasoning"),
            reflector: try row.value("reflector"),
            model: try row.optional("model"),
            tokensIn: try row.optional("tokens_in"),
            tokensOut: try row.optional("tokens_out"),
            durationMilliseconds: try row.value("duration_ms"),
            memoryChanges: try row.value("memory_changes"),
            pieceEdited: try row.value("piece_edited"),
            digest: digest,
            notes: try JSONText.decoding([String].self, from: row.value("notes")),
            error: try row.optional("error"),
            reverts: try JSONText.decoding([String].self, from: row.value("reverts")),
            createdAt: try row.value("created_at")
        )
    }
}
#endif
