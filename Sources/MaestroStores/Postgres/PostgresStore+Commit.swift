// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
package import Maestro

/// One transaction in few round trips: what is read, under the lock; what is written; and `COMMIT`. A commit that changes
/// entries asks once more, for what ranks the lines of their index.
extension PostgresStore {
    package func commit(
        _ request: CommitRequest,
        decide: @escaping @Sendable (UserState) throws -> Judgement
    ) async throws -> Receipt {
        try await transaction { transaction in
            let ground = try await groundwork(of: request, in: transaction)
            if let earlier = ground.earlier {
                let decisions = try await ChangeTable.decisions(of: earlier.id, in: transaction)
                return Receipt(reflection: earlier, decisions: decisions, wasDoneBefore: true)
            }
            // First what a worker that lost its lease fails at: it costs nobody a judgement.
            if request.claim != nil { try JobTable.hold(ground.claim) }
            let judgement = try decide(ground.state)
            try Task.checkCancellation()
            return try await write(request, judgement, on: ground, in: transaction)
        }
    }

    private func write(
        _ request: CommitRequest,
        _ judgement: Judgement,
        on ground: Groundwork,
        in transaction: Transaction
    ) async throws -> Receipt {
        let reflection = Reflection(of: request, judged: judgement, tokens: ground.tokens, at: ground.user.now)
        let accepted = judgement.decisions.filter { $0.verdict == .accepted }
        var plan = try plan(for: reflection.id, sequence: 1, accepting: accepted, on: ground.state)
        var batch = try writes(of: reflection, judgement, request, at: ground.user.now)
        if !plan.scopes.isEmpty {
            let indexes = IndexReading(plan.scopes, of: ground.state)
            let asked = batch.statements.count
            for statement in try indexes.statements { batch.add(statement) }
            let answers = try await transaction.run(batch.statements)
            if request.claim != nil { try JobTable.hold(answers.first) }
            plan = plan.adding(try indexes.writes(of: Array(answers[asked...]), after: plan.writes))
            batch = Batch()
        }
        let decisions = judgement.decisions.map { $0.writing(only: plan) }
        let isFirst = !batch.statements.isEmpty && request.claim != nil
        let last = try statements(
            of: plan,
            recording: record(reflection, decisions, plan, ground.llmRaw, event: "commit"),
            behind: ground.end,
            for: ground.user
        )
        let answers = try await transaction.run(batch.statements + last)
        if isFirst { try JobTable.hold(answers.first) }
        try check(plan, answers)
        for decision in accepted {
            try await settleAgreement(of: decision, in: reflection, at: ground.user.now, in: transaction)
        }
        return Receipt(reflection: reflection, decisions: decisions)
    }

    /// What does not depend on the plan; where a claim is finished, that stands first.
    private func writes(
        of reflection: Reflection,
        _ judgement: Judgement,
        _ request: CommitRequest,
        at moment: Date
    ) throws -> Batch {
        var batch = Batch()
        if let claim = request.claim {
            for statement in JobTable.finishing(claim, as: .done, error: nil, at: moment) { batch.add(statement) }
        }
        batch.add(try ReflectionTable.saving(reflection))
        batch.add(try ChangeTable.inserting(judgement.decisions, of: reflection))
        let reverted = ChangeTable.markingReverted(request.reverts, by: reflection.id, user: request.user)
        for statement in reverted { batch.add(statement) }
        batch.add(MetricTable.saving(reflection, at: moment))
        if !configuration.storeLlmRaw { batch.add(ReplyTable.erasingText(for: reflection.id)) }
        return batch
    }
}
#endif
