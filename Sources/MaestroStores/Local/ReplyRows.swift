// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// Replies as they came, before anyone used them; and what every ask cost.
enum ReplyRows {
    /// Nothing where the job was claimed once more meanwhile, or was cancelled and its transcript grew.
    ///
    /// It would take the place of that holder's reply, whose base is what waiting changes are judged against; or be used for a
    /// transcript that it does not know.
    static func keep(_ reply: StoredReply, for claim: Claim, at moment: Date, in db: Database) throws {
        var body = reply
        body.reply.text = ""
        body.base = Base()
        try db.run(
            sql: """
                INSERT OR REPLACE INTO replies (reflection, text, body, base, kept_at) SELECT ?, ?, ?, ?, ?
                WHERE EXISTS (
                    SELECT 1 FROM jobs
                    WHERE user = ? AND id = ? AND attempt = ? AND (state = 'running' OR events = ?)
                )
                """,
            arguments: [
                claim.reflection.rawValue, reply.reply.text, try JSONText.encoding(body),
                try JSONText.encoding(reply.base), moment.milliseconds, claim.job.user.rawValue, claim.job.id.rawValue,
                claim.attempt, claim.activity.sourceEvents,
            ]
        )
    }

    /// Nil where none was kept or its text is erased.
    static func reply(for reflection: Reflection.ID, in db: Database) throws -> StoredReply? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM replies WHERE reflection = ? AND text IS NOT NULL"),
            arguments: [reflection.rawValue]
        )
        guard let row else { return nil }
        var reply = try JSONText.decoding(StoredReply.self, from: row["body"])
        reply.reply.text = row["text"]
        reply.base = try JSONText.decoding(Base.self, from: row["base"])
        return reply
    }

    static func base(of reflection: Reflection.ID, in db: Database) throws -> Base? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT base FROM replies WHERE reflection = ?"),
            arguments: [reflection.rawValue]
        )
        .map { try JSONText.decoding(Base.self, from: $0) }
    }

    /// The text goes; what it was built from stays, for changes that wait.
    static func eraseText(for reflection: Reflection.ID, in db: Database) throws {
        try db.run(sql: "UPDATE replies SET text = NULL WHERE reflection = ?", arguments: [reflection.rawValue])
    }

    static func record(_ attempt: Attempt, in db: Database) throws {
        try db.run(
            sql: """
                INSERT INTO attempts (reflection, started_at, duration_ms, model, rung, tokens_in, tokens_out, error)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                attempt.reflection.rawValue, attempt.startedAt.milliseconds, attempt.durationMilliseconds,
                attempt.model,
                attempt.rung, attempt.tokensIn, attempt.tokensOut, attempt.error,
            ]
        )
        // Of a job that ended while the call was on its way (a person cancelled it, another took it over).
        try db.run(
            sql: """
                UPDATE metrics SET (tokens_in, tokens_out) = (
                    SELECT SUM(tokens_in), SUM(tokens_out) FROM attempts WHERE attempts.reflection = metrics.reflection
                ) WHERE reflection = ?
                """,
            arguments: [attempt.reflection.rawValue]
        )
    }

    /// Sums over all asks; nil where no ask told.
    static func tokens(of reflection: Reflection.ID, in db: Database) throws -> (in: Int?, out: Int?) {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql:
                    "SELECT SUM(tokens_in) AS tokens_in, SUM(tokens_out) AS tokens_out FROM attempts WHERE reflection = ?"
            ),
            arguments: [reflection.rawValue]
        )
        return (row?["tokens_in"], row?["tokens_out"])
    }
}
