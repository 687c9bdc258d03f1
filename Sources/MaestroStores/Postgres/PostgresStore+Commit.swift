// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
package import Maestro

extension PostgresStore {
    package func commit(
        _ request: CommitRequest,
        decide: @Sendable (UserState) throws -> Judgement
    ) async throws -> Receipt {
        let receipt = try await transaction { transaction in
            let user = try await UserTable.lock(request.user, at: givenTime, in: transaction)
            if let receipt = try await committed(request.reflection, in: transaction) { return receipt }
            // First what a worker that lost its lease fails at: it costs nobody a judgement.
            if let claim = request.claim {
                try await JobTable.finish(claim, as: .done, error: nil, at: user.now, in: transaction)
            }
            let state = try await state(
                of: request.user,
                in: request.scope,
                and: request.paths,
                without: request.claim?.job.id,
                at: user.now,
                in: transaction
            )
            let judgement = try decide(state)
            try Task.checkCancellation()
            return try await write(request, judgement, on: state, of: user, in: transaction)
        }
        return receipt
    }

    /// The first receipt of a commit that happened before.
    private func committed(_ id: Reflection.ID, in transaction: Transaction) async throws -> Receipt? {
        guard let reflection = try await ReflectionTable.reflection(id, in: transaction),
            reflection.outcome != .failed, reflection.outcome != .cancelled
        else { return nil }
        let decisions = try await ChangeTable.decisions(of: id, in: transaction)
        return Receipt(reflection: reflection, decisions: decisions, wasDoneBefore: true)
    }

    private func write(
        _ request: CommitRequest,
        _ judgement: Judgement,
        on state: UserState,
        of user: UserTable.Locked,
        in transaction: Transaction
    ) async throws -> Receipt {
        let tokens = try await ReplyTable.tokens(of: request.reflection, in: transaction)
        let reflection = Reflection(of: request, judged: judgement, tokens: tokens, at: user.now)
        let accepted = judgement.decisions.filter { $0.verdict == .accepted }
        try await ReflectionTable.save(reflection, in: transaction)
        try await ChangeTable.insert(judgement.decisions, of: reflection, in: transaction)
        for decision in accepted {
            try await settleAgreement(of: decision, in: reflection, at: user.now, in: transaction)
        }
        try await ChangeTable.markReverted(
            request.reverts,
            by: reflection.id,
            user: request.user,
            in: transaction
        )
        try await MetricTable.save(reflection, at: user.now, in: transaction)
        let plan = try await plan(for: reflection.id, sequence: 1, accepting: accepted, on: state, in: transaction)
        try await carryOut(plan, of: reflection, event: "commit", for: user, in: transaction)
        if !configuration.storeLlmRaw { try await ReplyTable.eraseText(for: reflection.id, in: transaction) }
        let decisions = try await ChangeTable.decisions(of: reflection.id, in: transaction)
        return Receipt(reflection: reflection, decisions: decisions)
    }

    // MARK: - Shared with settling

    func settleAgreement(
        of decision: Decision,
        in reflection: Reflection,
        at moment: Date,
        in transaction: Transaction
    ) async throws {
        guard let other = decision.agreesWith.flatMap({ ChangeID(parsing: $0) }) else { return }
        let change = ChangeID(reflection.id, decision.ordinal)
        try await ChangeTable.agree(other, with: change, user: reflection.user, at: moment, in: transaction)
        try await refreshTotals(of: other.reflection, in: transaction)
    }

    /// Outcome and counts of a reflection, whose waiting changes were settled, as they are now.
    func refreshTotals(of id: Reflection.ID, in transaction: Transaction) async throws {
        guard var reflection = try await ReflectionTable.reflection(id, in: transaction) else { return }
        reflection.count(try await ChangeTable.decisions(of: id, in: transaction))
        try await ReflectionTable.save(reflection, in: transaction)
    }

    /// The plan of what was accepted, with the index files that it concerns.
    func plan(
        for reflection: Reflection.ID,
        sequence: Int,
        accepting accepted: [Decision],
        on state: UserState,
        in transaction: Transaction
    ) async throws -> Plan {
        do {
            let plan = try Plan(reflection: reflection, sequence: sequence, accepted: accepted, on: state)
            guard !plan.scopes.isEmpty else { return plan }
            let use = try await entryUse(of: state.user, in: transaction)
            var indexes: [DocumentWrite] = []
            for scope in plan.scopes {
                let isRead = scope == .global || scope == state.scope
                let entries =
                    isRead
                    ? state.entries.filter { $0.scope == scope }
                    : try await DocumentTable.entries(in: scope, of: state.user, in: transaction)
                let existing = try await DocumentTable.text(at: .index(scope), of: state.user, in: transaction)
                let index = IndexRevision(scope: scope, entries: entries, existing: existing, use: use)
                if let write = index.write(after: plan.writes, at: state.moment) { indexes.append(write) }
            }
            return plan.adding(indexes)
        } catch let fault as PlanFault {
            throw StoreError.unusable(fault.sentence, hint: "run it again; if it happens again, report it")
        }
    }

    private func entryUse(of user: UserID, in transaction: Transaction) async throws -> [String: EntryUse] {
        let confirmations = try await transaction.run(ChangeTable.confirmations, user.rawValue).rows
        var use = try ChangeTable.confirmations(of: confirmations).mapValues { EntryUse(confirmations: $0) }
        let writes = try await transaction.run(
            """
            SELECT path, written_at FROM documents
            WHERE user_id = $1 AND kind = 'entry' AND reflection IS NOT NULL AND text IS NOT NULL
            """,
            user.rawValue
        ).rows
        for row in writes {
            let path: String = try row.value("path")
            use[path, default: EntryUse()].lastWrite = try row.value("written_at")
        }
        return use
    }

    /// Writes the plan down with the line of the index, and its documents.
    func carryOut(
        _ plan: Plan,
        of reflection: Reflection,
        event: String,
        for user: UserTable.Locked,
        in transaction: Transaction
    ) async throws {
        let id = try await PlanTable.insert(plan, user: user.id, at: user.now, in: transaction)
        try await DocumentTable.carryOut(
            plan,
            of: user.id,
            as: user.revision + 1,
            at: user.now,
            in: transaction
        )
        let raw = configuration.storeLlmRaw ? try await ReplyTable.text(of: reflection.id, in: transaction) : nil
        let record = AuditRecord(
            reflection: reflection,
            decisions: try await ChangeTable.decisions(of: reflection.id, in: transaction),
            operations: plan.operations.map { .init(change: $0.change, write: $0.write) },
            llmRaw: raw,
            event: event
        )
        let json = try record.json(indented: false)
        try await PlanTable.appendLine(holding: json, plan: id, user: user.id, in: transaction)
    }
}
#endif
