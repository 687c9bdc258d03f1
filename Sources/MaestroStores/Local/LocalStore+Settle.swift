// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import Maestro

extension LocalStore {
    private struct Waiting: Sendable {
        var decision: Decision
        var base: Base
        var reflection: Reflection
        var state: UserState
    }

    package func settle(
        _ change: ChangeID,
        of user: UserID,
        resolver: String,
        reason: String?,
        decide: @Sendable (Decision, Base, UserState) throws -> Decision
    ) async throws -> Receipt {
        try await locked(user) {
            let waiting = try await blocking { try $0.waiting(change, of: user) }
            let decision = try decide(waiting.decision, waiting.base, waiting.state)
            try Task.checkCancellation()
            return try await blocking { store in
                guard decision.verdict != .waiting else { return try store.receipt(of: change.reflection) }
                return try store.settle(change, waiting, with: decision, resolver: resolver, reason: reason)
            }
        }
    }

    private func waiting(_ change: ChangeID, of user: UserID) throws -> Waiting {
        let found = try ledger.read { db -> (Decision, Base, Reflection) in
            guard let decision = try ChangeRows.waiting(change, of: user, in: db),
                let reflection = try ReflectionRows.reflection(change.reflection, in: db)
            else {
                guard let standing = try ChangeRows.standing(of: change, user: user, in: db) else {
                    throw StoreError.notFound("change `\(change)`")
                }
                throw StoreError.notWaiting("`\(change)`, which was \(standing),")
            }
            return (decision, try ReplyRows.base(of: change.reflection, in: db) ?? Base(), reflection)
        }
        let state = try currentState(of: user, in: found.2.scope, without: found.2.job)
        return Waiting(decision: found.0, base: found.1, reflection: found.2, state: state)
    }

    private func settle(
        _ change: ChangeID,
        _ waiting: Waiting,
        with decision: Decision,
        resolver: String,
        reason: String?
    ) throws -> Receipt {
        let user = waiting.reflection.user
        let (sequence, lastLine) = try ledger.read { db in
            (try PlanRows.nextSequence(of: change.reflection, in: db), try IndexRows.last(of: user, in: db))
        }
        let accepted = decision.verdict == .accepted ? [decision] : []
        let plan = try plan(for: change.reflection, sequence: sequence, accepting: accepted, on: waiting.state)
        let before = try lastLine ?? lastLineOfFile(of: user)
        let moment = waiting.state.moment
        try prepareFolders(for: plan, of: user)
        let committed = try ledger.write { db in
            guard
                try ChangeRows.settle(change, with: decision, resolver: resolver, reason: reason, at: moment, in: db)
            else { throw StoreError.notWaiting("`\(change)`, which someone else settled in this moment,") }
            try self.refreshTotals(of: change.reflection, in: db)
            guard let reflection = try ReflectionRows.reflection(change.reflection, in: db) else {
                throw StoreError.notFound("reflection `\(change.reflection)`")
            }
            if decision.verdict == .accepted {
                try self.settleAgreement(of: decision, in: reflection, at: moment, in: db)
            }
            return try self.write(plan, of: reflection, event: "settle \(change)", after: before, in: db)
        }
        return try finish(committed)
    }
}
