// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// One row for every reflection job, written where the job ends; and who was told what.
enum MetricTable {
    /// Replaces the row of an earlier end of the same job: a dead one that was brought back.
    ///
    /// Nil where it is none of a job.
    static func saving(_ reflection: Reflection, at moment: Date) -> Statement? {
        guard reflection.kind == .job, let job = reflection.job else { return nil }
        return Statement(
            """
            INSERT INTO metrics (reflection, job, user_id, piece, outcome, memory_changes, piece_edited, tokens_in,
                tokens_out, duration_ms, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (reflection) DO UPDATE SET outcome = excluded.outcome,
                memory_changes = excluded.memory_changes, piece_edited = excluded.piece_edited,
                tokens_in = excluded.tokens_in, tokens_out = excluded.tokens_out, duration_ms = excluded.duration_ms,
                piece = excluded.piece, at = excluded.at
            """,
            reflection.id.rawValue,
            job.rawValue,
            reflection.user.rawValue,
            reflection.piece,
            reflection.outcome.rawValue,
            reflection.memoryChanges,
            reflection.pieceEdited,
            reflection.tokensIn,
            reflection.tokensOut,
            reflection.durationMilliseconds,
            moment
        )
    }

    static func metric(of row: Answer.Row) throws -> Metric {
        Metric(
            reflectionJob: Reflection.ID(try row.value("reflection")),
            job: Job.ID(try row.value("job")),
            user: UserID(try row.value("user_id") as String),
            piece: try row.optional("piece"),
            outcome: Reflection.Outcome(rawValue: try row.value("outcome")) ?? .failed,
            memoryChanges: try row.value("memory_changes"),
            pieceEdited: try row.value("piece_edited"),
            tokensIn: try row.optional("tokens_in"),
            tokensOut: try row.optional("tokens_out"),
            durationMilliseconds: try row.value("duration_ms"),
            at: try row.value("at")
        )
    }

    /// Recording the same recall again changes nothing.
    static func record(_ recall: RecallRecord, in transaction: Transaction) async throws {
        let isNew =
            try await transaction.run(
                """
                INSERT INTO recalls (id, user_id, scope, job, at, budget_tokens) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT DO NOTHING
                """,
                recall.id,
                recall.user.rawValue,
                recall.scope.text,
                recall.job?.rawValue,
                recall.time,
                recall.budgetTokens
            ).changed == 1
        guard isNew else { return }
        let rows = recall.exposures.map {
            Exposure(rank: $0.rank, path: $0.path.relative, hash: $0.hash.hex, inFull: $0.inFull)
        }
        try await transaction.run(
            """
            INSERT INTO exposures (recall, rank, path, hash, in_full)
            SELECT $1, rank, path, hash, "inFull" FROM json_to_recordset($2::json)
                AS given (rank int, path text, hash text, "inFull" boolean)
            ON CONFLICT DO NOTHING
            """,
            recall.id,
            try SQLRows(rows)
        )
    }

    private struct Exposure: Encodable {
        let rank: Int
        let path: String
        let hash: String
        let inFull: Bool
    }
}
#endif
