// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
package import Maestro

extension PostgresStore {
    package func state(of user: UserID, in scope: Scope) async throws -> UserState {
        // Locks nothing, and all of it is of one moment.
        let reading = StateReading(user: user, scope: scope, known: cache[user, scope])
        let clock = Statement("SELECT \(Self.now) AS now", givenTime)
        for reading in [reading, reading.anew] {
            let statements = try [clock] + reading.statements
            let answers = try await transaction(.oneMoment) { try await $0.run(statements) }
            guard let row = answers[0].rows.first else {
                throw PostgresError.unreadable("the database does not know the time")
            }
            if let state = try state(reading, Array(answers.dropFirst()), at: row.value("now")) { return state }
        }
        throw PostgresError.unreadable("the revision of user `\(user)` changes backwards")
    }

    /// In the transaction that changes them.
    func state(_ reading: StateReading, at moment: Date, in transaction: Transaction) async throws -> UserState {
        let answers = try await transaction.run(try reading.statements)
        if let state = try state(reading, answers, at: moment) { return state }
        return try await state(reading.anew, at: moment, in: transaction)
    }

    /// Nil where it has to be read anew.
    func state(_ reading: StateReading, _ answers: [Answer], at moment: Date) throws -> UserState? {
        guard let (state, known) = try reading.state(of: answers, builtin: configuration.builtin, at: moment) else {
            return nil
        }
        cache.keep(known, of: reading.user, in: reading.scope)
        return state
    }
}
#endif
