// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// What commits and settlements share.
extension PostgresStore {
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

    /// The plan of what was accepted, without the index files that it concerns.
    func plan(
        for reflection: Reflection.ID,
        sequence: Int,
        accepting accepted: [Decision],
        on state: UserState
    ) throws -> Plan {
        do {
            return try Plan(reflection: reflection, sequence: sequence, accepted: accepted, on: state)
        } catch {
            throw StoreError.unusable(error.sentence, hint: "run it again; if it happens again, report it")
        }
    }

    func record(
        _ reflection: Reflection,
        _ decisions: [Decision],
        _ plan: Plan,
        _ llmRaw: String?,
        event: String
    ) -> AuditRecord {
        AuditRecord(
            reflection: reflection,
            decisions: decisions,
            operations: plan.operations.map { .init(change: $0.change, write: $0.write) },
            llmRaw: llmRaw,
            event: event
        )
    }

    /// Writes the plan down with its line of the index, and carries it out; for ``check(_:_:)``.
    func statements(
        of plan: Plan,
        recording record: AuditRecord,
        behind end: [Answer.Row],
        for user: UserTable.Locked
    ) throws -> [Statement] {
        let line = try PlanTable.line(holding: record.json(indented: false), behind: end)
        let writing = try DocumentTable.carryingOut(plan, of: user.id, as: user.revision + 1, at: user.now)
        return [try PlanTable.inserting(plan, user: user.id, line: line, at: user.now)]
            + [writing].compactMap(\.self)
    }

    /// Whether the plan was carried out, by what its ``statements(of:recording:behind:for:)`` answered, the last of `answers`.
    func check(_ plan: Plan, _ answers: [Answer]) throws {
        guard !plan.operations.isEmpty, let answer = answers.last else { return }
        try DocumentTable.check(plan, carriedOut: answer)
    }
}

extension Decision {
    /// With the writes that the plan makes of it, as they are kept.
    func writing(only plan: Plan) -> Decision {
        var decision = self
        decision.writes = []
        return decision.writing(also: plan)
    }

    /// Beside those that it has.
    func writing(also plan: Plan) -> Decision {
        var decision = self
        for operation in plan.operations where operation.change?.ordinal == ordinal {
            decision.writes.append(operation.write)
        }
        return decision
    }
}
#endif
