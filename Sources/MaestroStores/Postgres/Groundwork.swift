// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// What a commit rests on: read under the lock of the user's row, which is had in the same round trip.
struct Groundwork: Sendable {
    let user: UserTable.Locked
    let state: UserState
    /// The reflection, where it was committed before.
    let earlier: Reflection?
    /// Whether the request's claim holds, for ``JobTable/hold(_:)``.
    let claim: Answer?
    let tokens: (in: Int?, out: Int?)
    /// Where the user's chain of index lines ends.
    let end: [Answer.Row]
    /// The reply as it arrived, where it is kept.
    let llmRaw: String?
}

extension PostgresStore {
    func groundwork(of request: CommitRequest, in transaction: Transaction) async throws -> Groundwork {
        let reading = StateReading(
            user: request.user,
            scope: request.scope,
            paths: request.paths,
            job: request.claim?.job.id,
            known: cache[request.user, request.scope]
        )
        var batch = Batch()
        let lock = batch.add(UserTable.locking(request.user, at: givenTime))
        let earlier = batch.add(ReflectionTable.reading(request.reflection))
        let claim = batch.add(request.claim.map { JobTable.holding($0) })
        let tokens = batch.add(ReplyTable.summing(request.reflection))
        let end = batch.add(PlanTable.readingEnd(of: request.user))
        let raw = batch.add(configuration.storeLlmRaw ? ReplyTable.readingText(of: request.reflection) : nil)
        let first = batch.statements.count
        for statement in try reading.statements { batch.add(statement) }

        var answers = try await transaction.run(batch.statements)
        func rows(_ place: Int?) -> [Answer.Row] { place.map { answers[$0].rows } ?? [] }
        var locked = try UserTable.locked(request.user, of: rows(lock))
        if locked == nil {
            // Nobody held the lock while the rest was read.
            try await UserTable.register([request.user], at: givenTime, in: transaction)
            answers = try await transaction.run(batch.statements)
            locked = try UserTable.locked(request.user, of: rows(lock))
        }
        guard let locked else { throw PostgresError.unreadable("the row of user `\(request.user)` vanished") }
        var state = try state(reading, Array(answers[first...]), at: locked.now)
        if state == nil { state = try await self.state(reading.anew, at: locked.now, in: transaction) }
        guard let state else { throw PostgresError.unreadable("the state of user `\(request.user)` vanished") }
        let reflection = try rows(earlier).first.map(ReflectionTable.reflection(of:))
        return Groundwork(
            user: locked,
            state: state,
            earlier: reflection.flatMap { $0.outcome == .failed || $0.outcome == .cancelled ? nil : $0 },
            claim: claim.map { answers[$0] },
            tokens: try ReplyTable.tokens(of: rows(tokens)),
            end: rows(end),
            llmRaw: try rows(raw).first?.optional("text")
        )
    }
}
#endif
