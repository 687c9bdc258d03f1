// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
package import Maestro

/// What happened, read; and replies, recalls and attempts, kept.
extension PostgresStore {
    package func storedReply(for reflection: Reflection.ID) async throws -> StoredReply? {
        try await read(
            "SELECT * FROM replies WHERE reflection = $1 AND text IS NOT NULL",
            reflection.rawValue
        ).first.map(ReplyTable.reply(of:))
    }

    package func keep(_ reply: StoredReply, for claim: Claim, costing attempt: Attempt) async throws {
        let id = UUID().uuidString
        let statements = try ReplyTable.keeping(reply, for: claim, at: givenTime)
        // One transaction, since they travel together.
        _ = try await read(statements + ReplyTable.recording(attempt, as: id))
    }

    package func record(_ attempt: Attempt) async throws {
        let id = UUID().uuidString
        _ = try await read(ReplyTable.recording(attempt, as: id))
    }

    package func record(_ recall: RecallRecord) async throws {
        try await transaction { try await MetricTable.record(recall, in: $0) }
    }

    package func reflections(_ query: HistoryQuery) async throws -> [Reflection] {
        try await read(
            ReflectionTable.list(query.kinds),
            query.user?.rawValue,
            query.since,
            query.limit
        ).map(ReflectionTable.reflection(of:))
    }

    package func reflections(withPrefix prefix: String, of user: UserID) async throws -> [Reflection] {
        if prefix == "last" { return try await reflections(HistoryQuery(user: user, limit: 1)) }
        return try await read(
            """
            SELECT * FROM reflections WHERE user_id = $1 AND starts_with(id, $2)
            ORDER BY created_at DESC, number DESC LIMIT 50
            """,
            user.rawValue,
            prefix
        ).map(ReflectionTable.reflection(of:))
    }

    package func receipt(for reflection: Reflection.ID, of user: UserID) async throws -> Receipt? {
        let receipt: Receipt? = try await transaction { try await self.receipt(for: reflection, in: $0) }
        return receipt?.reflection.user == user ? receipt : nil
    }

    /// As it stands now: waiting changes that were settled show their verdict.
    func receipt(for id: Reflection.ID, in transaction: Transaction) async throws -> Receipt? {
        guard let reflection = try await ReflectionTable.reflection(id, in: transaction) else { return nil }
        return Receipt(reflection: reflection, decisions: try await ChangeTable.decisions(of: id, in: transaction))
    }

    package func operations(of reflection: Reflection.ID, user: UserID) async throws -> [AppliedOperation] {
        try await read(
            "SELECT * FROM operations WHERE reflection = $1 AND user_id = $2 ORDER BY plan, ordinal",
            reflection.rawValue,
            user.rawValue
        ).asOperations()
    }

    package func job(_ job: Job.ID, user: UserID) async throws -> Job? {
        let rows = try await read("SELECT * FROM jobs WHERE user_id = $1 AND id = $2", user.rawValue, job.rawValue)
        let standing = try rows.first.map { try JobTable.standing(of: $0) }
        guard standing?.isReadable ?? true else { throw UnreadableJob.error(job) }
        return standing?.job
    }

    package func activity(of job: Job.ID, user: UserID) async throws -> Activity? {
        try await read("SELECT body FROM activities WHERE user_id = $1 AND job = $2", user.rawValue, job.rawValue)
            .first.map { try JSONText.decoding(Activity.self, from: $0.value("body")) }
    }

    package func waiting(of user: UserID) async throws -> [WaitingChange] {
        try await transaction { transaction in
            var found: [WaitingChange] = []
            for row in try await transaction.run(ChangeTable.waiting, user.rawValue).rows {
                let id = Reflection.ID(try row.value("reflection"))
                let decision = try ChangeTable.decision(of: row, writes: [])
                guard let reflection = try await ReflectionTable.reflection(id, in: transaction) else { continue }
                found.append(
                    WaitingChange(id: ChangeID(id, decision.ordinal), decision: decision, reflection: reflection)
                )
            }
            return found
        }
    }

    package func authors(of user: UserID) async throws -> [DocumentPath: Reflection.ID] {
        let rows = try await read(
            """
            SELECT document, reflection FROM documents
            WHERE user_id = $1 AND text IS NOT NULL AND reflection IS NOT NULL AND kind <> 'index'
            """,
            user.rawValue
        )
        var authors: [DocumentPath: Reflection.ID] = [:]
        for row in rows {
            let path = try JSONText.decoding(DocumentPath.self, from: row.value("document"))
            authors[path] = Reflection.ID(try row.value("reflection"))
        }
        return authors
    }

    package func confirmations(of user: UserID) async throws -> [String: Int] {
        try ChangeTable.confirmations(of: await read(ChangeTable.confirmations, user.rawValue))
    }

    package func metrics(of user: UserID?) async throws -> [Metric] {
        try await read(
            "SELECT * FROM metrics WHERE $1::text IS NULL OR user_id = $1 ORDER BY at DESC, number DESC",
            user?.rawValue
        ).map(MetricTable.metric(of:))
    }

    package func codeCounts(of user: UserID?) async throws -> [Rejection: Int] {
        var counts: [Rejection: Int] = [:]
        for row in try await read(ChangeTable.codeCounts, user?.rawValue) {
            if let code = Rejection(rawValue: try row.value("code")) { counts[code] = try row.value("count") }
        }
        return counts
    }

    package func users() async throws -> [UserID] {
        try await read("SELECT id FROM users ORDER BY id").map { UserID(try $0.value("id") as String) }
    }
}

extension [Answer.Row] {
    fileprivate func asOperations() throws -> [AppliedOperation] { try PlanTable.applied(of: self) }
}
#endif
