// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// Replies as they came, before anyone used them; and what every ask cost.
enum ReplyTable {
    /// Nothing where the job was claimed once more meanwhile, or was cancelled and its transcript grew.
    ///
    /// It would take the place of that holder's reply, whose base is what waiting changes are judged against; or be used for a
    /// transcript that it does not know.
    static func keeping(
        _ reply: StoredReply,
        for claim: Claim,
        at moment: Date?
    ) throws -> [Statement] {
        var body = reply
        body.reply.text = ""
        body.base = Base()
        // A claim holds this lock; only a statement after it sees whether there was one.
        let lock = Statement("SELECT 1 FROM users WHERE id = $1 FOR UPDATE", claim.job.user.rawValue)
        let insertion = Statement(
            """
            INSERT INTO replies (reflection, text, body, base, kept_at)
            SELECT $2, $3, $4, $5, \(PostgresStore.now)
            WHERE EXISTS (
                SELECT 1 FROM jobs
                WHERE user_id = $6 AND id = $7 AND attempt = $8::int AND (state = 'running' OR events = $9::int)
            )
            ON CONFLICT (reflection) DO UPDATE
            SET text = excluded.text, body = excluded.body, base = excluded.base, kept_at = excluded.kept_at
            """,
            moment,
            claim.reflection.rawValue,
            reply.reply.text,
            try JSONText.encoding(body),
            try JSONText.encoding(reply.base),
            claim.job.user.rawValue,
            claim.job.id.rawValue,
            claim.attempt,
            claim.activity.sourceEvents
        )
        return [lock, insertion]
    }

    static func reply(of row: Answer.Row) throws -> StoredReply {
        var reply = try JSONText.decoding(StoredReply.self, from: row.value("body"))
        reply.reply.text = try row.value("text")
        reply.base = try JSONText.decoding(Base.self, from: row.value("base"))
        return reply
    }

    /// Nil where none was kept or its text is erased.
    static func text(of reflection: Reflection.ID, in transaction: Transaction) async throws -> String? {
        try await transaction.run(readingText(of: reflection)).rows.first?.optional("text")
    }

    static func readingText(of reflection: Reflection.ID) -> Statement {
        Statement("SELECT text FROM replies WHERE reflection = $1", reflection.rawValue)
    }

    static func base(of reflection: Reflection.ID, in transaction: Transaction) async throws -> Base? {
        try await transaction.run("SELECT base FROM replies WHERE reflection = $1", reflection.rawValue)
            .rows.first.map { try JSONText.decoding(Base.self, from: $0.value("base")) }
    }

    /// The text goes; what it was built from stays, for changes that wait.
    static func erasingText(for reflection: Reflection.ID) -> Statement {
        Statement(
            "UPDATE replies SET text = NULL WHERE reflection = $1 AND text IS NOT NULL",
            reflection.rawValue
        )
    }

    /// `id` names this ask, so that writing it down twice leaves one row.
    ///
    /// The second counts what it cost a job that ended while the call was on its way (a person cancelled it, another took it
    /// over).
    static func recording(_ attempt: Attempt, as id: String) -> [Statement] {
        let insertion = Statement(
            """
            INSERT INTO attempts (id, reflection, started_at, duration_ms, model, rung, tokens_in, tokens_out, error)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
            """,
            id,
            attempt.reflection.rawValue,
            attempt.startedAt,
            attempt.durationMilliseconds,
            attempt.model,
            attempt.rung,
            attempt.tokensIn,
            attempt.tokensOut,
            attempt.error
        )
        let counting = Statement(
            """
            UPDATE metrics SET (tokens_in, tokens_out) = (
                SELECT sum(tokens_in)::bigint, sum(tokens_out)::bigint FROM attempts
                WHERE attempts.reflection = metrics.reflection
            ) WHERE reflection = $1
            """,
            attempt.reflection.rawValue
        )
        return [insertion, counting]
    }

    /// Sums over all asks; nil where no ask told.
    static func summing(_ reflection: Reflection.ID) -> Statement {
        Statement(
            """
            SELECT sum(tokens_in)::bigint AS tokens_in, sum(tokens_out)::bigint AS tokens_out
            FROM attempts WHERE reflection = $1
            """,
            reflection.rawValue
        )
    }

    static func tokens(of rows: [Answer.Row]) throws -> (in: Int?, out: Int?) {
        (try rows.first?.optional("tokens_in"), try rows.first?.optional("tokens_out"))
    }
}
#endif
