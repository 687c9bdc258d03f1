// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// One row for every reflection job, written where the job ends; and who was told what.
enum MetricRows {
    /// Replaces the row of an earlier end of the same job: a dead one that was brought back.
    static func save(_ reflection: Reflection, at moment: Date, in db: Database) throws {
        guard reflection.kind == .job, let job = reflection.job else { return }
        try db.run(
            sql: """
                INSERT OR REPLACE INTO metrics (reflection, job, user, piece, outcome, memory_changes, piece_edited,
                    tokens_in, tokens_out, duration_ms, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                reflection.id.rawValue, job.rawValue, reflection.user.rawValue, reflection.piece,
                reflection.outcome.rawValue, reflection.memoryChanges, reflection.pieceEdited, reflection.tokensIn,
                reflection.tokensOut, reflection.durationMilliseconds, moment.milliseconds,
            ]
        )
    }

    static func metrics(of user: UserID?, in db: Database) throws -> [Metric] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM metrics WHERE ? IS NULL OR user = ? ORDER BY at DESC, rowid DESC"),
            arguments: [user?.rawValue, user?.rawValue]
        ).map { row in
            Metric(
                reflectionJob: Reflection.ID(row["reflection"]),
                job: Job.ID(row["job"]),
                user: UserID(row["user"] as String),
                piece: row["piece"],
                outcome: Reflection.Outcome(rawValue: row["outcome"]) ?? .failed,
                memoryChanges: row["memory_changes"],
                pieceEdited: row["piece_edited"],
                tokensIn: row["tokens_in"],
                tokensOut: row["tokens_out"],
                durationMilliseconds: row["duration_ms"],
                at: Date(milliseconds: row["at"])
            )
        }
    }

    /// Recording the same recall again changes nothing.
    static func record(_ recall: RecallRecord, in db: Database) throws {
        try db.run(
            sql: "INSERT OR IGNORE INTO recalls (id, user, scope, job, at, budget_tokens) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                recall.id, recall.user.rawValue, recall.scope.text, recall.job?.rawValue, recall.time.milliseconds,
                recall.budgetTokens,
            ]
        )
        guard db.changesCount == 1 else { return }
        for exposure in recall.exposures {
            try db.run(
                sql: "INSERT OR REPLACE INTO exposures (recall, rank, path, hash, in_full) VALUES (?, ?, ?, ?, ?)",
                arguments: [recall.id, exposure.rank, exposure.path.relative, exposure.hash.hex, exposure.inFull]
            )
        }
    }
}
