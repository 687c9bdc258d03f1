// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
package import Maestro

/// A person decides on what waits: one transaction, as a commit is.
extension PostgresStore {
    private struct Waiting: Sendable {
        var decision: Decision
        var base: Base
        var reflection: Reflection
    }

    package func settle(
        _ change: ChangeID,
        of user: UserID,
        resolver: String,
        reason: String?,
        decide: @Sendable (Decision, Base, UserState) throws -> Decision
    ) async throws -> Receipt {
        // When an earlier try settled it, of which nobody knows whether it was committed.
        var settledAt: Date?
        return try await transaction { transaction in
            let locked = try await UserTable.lock(user, at: givenTime, in: transaction)
            if let settledAt, try await ChangeTable.isSettled(change, by: resolver, at: settledAt, in: transaction),
                let receipt = try await receipt(for: change.reflection, in: transaction)
            {
                return receipt
            }
            let waiting = try await waiting(change, of: user, in: transaction)
            let reading = StateReading(
                user: user,
                scope: waiting.reflection.scope,
                job: waiting.reflection.job,
                known: cache[user, waiting.reflection.scope]
            )
            let state = try await state(reading, at: locked.now, in: transaction)
            let decision = try decide(waiting.decision, waiting.base, state)
            try Task.checkCancellation()
            if decision.verdict != .waiting {
                settledAt = locked.now
                let isSettled = try await ChangeTable.settle(
                    change,
                    with: decision,
                    resolver: resolver,
                    reason: reason,
                    at: locked.now,
                    in: transaction
                )
                guard isSettled else { throw StoreError.notWaiting("`\(change)`") }
                try await carryOut(decision, of: change, on: state, for: locked, in: transaction)
            }
            guard let receipt = try await receipt(for: change.reflection, in: transaction) else {
                throw StoreError.notFound("change `\(change)`")
            }
            return receipt
        }
    }

    private func waiting(
        _ change: ChangeID,
        of user: UserID,
        in transaction: Transaction
    ) async throws -> Waiting {
        guard let decision = try await ChangeTable.waiting(change, of: user, in: transaction),
            let reflection = try await ReflectionTable.reflection(change.reflection, in: transaction)
        else {
            guard let standing = try await ChangeTable.standing(of: change, user: user, in: transaction) else {
                throw StoreError.notFound("change `\(change)`")
            }
            throw StoreError.notWaiting("`\(change)`, which was \(standing),")
        }
        let base = try await ReplyTable.base(of: change.reflection, in: transaction)
        return Waiting(decision: decision, base: base ?? Base(), reflection: reflection)
    }

    private func carryOut(
        _ decision: Decision,
        of change: ChangeID,
        on state: UserState,
        for user: UserTable.Locked,
        in transaction: Transaction
    ) async throws {
        let isAccepted = decision.verdict == .accepted
        var plan = try plan(
            for: change.reflection,
            sequence: try await PlanTable.nextSequence(of: change.reflection, in: transaction),
            accepting: isAccepted ? [decision] : [],
            on: state
        )
        if !plan.scopes.isEmpty {
            let indexes = IndexReading(plan.scopes, of: state)
            let answers = try await transaction.run(try indexes.statements)
            plan = plan.adding(try indexes.writes(of: answers, after: plan.writes))
        }
        try await refreshTotals(of: change.reflection, in: transaction)
        guard let reflection = try await ReflectionTable.reflection(change.reflection, in: transaction) else { return }
        if isAccepted {
            try await settleAgreement(of: decision, in: reflection, at: user.now, in: transaction)
        }
        let decisions = try await ChangeTable.decisions(of: reflection.id, in: transaction)
            .map { [plan] in $0.writing(also: plan) }
        let raw = configuration.storeLlmRaw ? try await ReplyTable.text(of: reflection.id, in: transaction) : nil
        let statements = try statements(
            of: plan,
            recording: record(reflection, decisions, plan, raw, event: "settle \(change)"),
            behind: try await transaction.run(PlanTable.readingEnd(of: user.id)).rows,
            for: user
        )
        try check(plan, await transaction.run(statements))
    }
}
#endif
