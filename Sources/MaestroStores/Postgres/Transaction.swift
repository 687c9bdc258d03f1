// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Synchronization

/// Statements that all happen or none, on one connection; it begins together with the first of them.
final class Transaction: Sendable {
    private let connection: PostgresConnection
    private let beginning: [Statement]
    private let statementBound: Duration
    private let begun = Atomic(false)

    fileprivate init(on connection: PostgresConnection, beginningWith beginning: [Statement], statementBound: Duration)
    {
        self.connection = connection
        self.beginning = beginning
        self.statementBound = statementBound
    }

    fileprivate var hasBegun: Bool { begun.load(ordering: .relaxed) }

    /// `values` are its parameters `$1` and on.
    @discardableResult
    func run(_ sql: String, _ values: any SQLValue...) async throws -> Answer { try await run(sql, values) }

    @discardableResult
    func run(_ sql: String, _ values: [any SQLValue]) async throws -> Answer { try await run(Statement(sql, values)) }

    @discardableResult
    func run(_ statement: Statement) async throws -> Answer {
        try await run([statement]).first ?? Answer()
    }

    /// Runs statements in one round trip, in their order.
    ///
    /// The first that fails undoes all of them. None that changes nothing though it should is noticed before the last was run.
    func run(_ statements: [Statement]) async throws -> [Answer] {
        guard !statements.isEmpty else { return [] }
        if begun.exchange(true, ordering: .relaxed) {
            return try await connection.run(statements, within: statementBound)
        }
        let answers = try await connection.run(beginning + statements, within: statementBound)
        return Array(answers.dropFirst(beginning.count))
    }

    /// Several statements without parameters.
    func runScript(_ sql: String) async throws {
        if !begun.exchange(true, ordering: .relaxed) {
            _ = try await connection.run(beginning, within: statementBound)
        }
        try await connection.runScript(sql, within: .seconds(600))
    }
}

extension ConnectionPool {
    /// One statement that is a transaction of its own.
    func run(_ sql: String, _ values: any SQLValue...) async throws -> Answer {
        try await run([Statement(sql, values)]).first ?? Answer()
    }

    /// Statements that are one transaction, in one round trip.
    func run(_ statements: [Statement]) async throws -> [Answer] {
        try await withConnection { try await $0.run(statements, within: configuration.statementBound) }
    }

    /// What a transaction sees of others.
    enum Isolation: String {
        /// Each statement what was committed when it began.
        case readCommitted = "READ COMMITTED"
        /// All statements what was committed when the first began; it changes nothing.
        case oneMoment = "REPEATABLE READ, READ ONLY"
    }

    /// All of `body` or nothing.
    ///
    /// A process that stops in between keeps what it has locked for ``Configuration/idleBound`` at most: the server undoes it.
    /// The task's cancellation counts until the commit is sent, and not from there on.
    /// - Throws: ``PostgresError/outcomeUnknown(_:)`` where the connection broke during the commit.
    func transaction<T>(
        _ isolation: Isolation = .readCommitted,
        _ body: (Transaction) async throws -> T
    ) async throws -> T {
        try await withConnection { connection in
            let bound = configuration.statementBound
            let transaction = Transaction(
                on: connection,
                beginningWith: [
                    Statement("BEGIN ISOLATION LEVEL \(isolation.rawValue)"),
                    Statement(
                        "SELECT set_config('idle_in_transaction_session_timeout', $1, true)",
                        String(Int(configuration.idleBound / .milliseconds(1)))
                    ),
                ],
                statementBound: bound
            )
            let result: T
            do {
                result = try await body(transaction)
                try Task.checkCancellation()
            } catch {
                guard transaction.hasBegun else { throw error }
                // Where it does not reach the server either, the connection is not idle and is thrown away, which undoes as well.
                _ = try? await connection.run([Statement("ROLLBACK")], within: .seconds(5), heedsCancellation: false)
                throw error
            }
            guard transaction.hasBegun else { return result }
            do {
                _ = try await connection.run([Statement("COMMIT")], within: bound, heedsCancellation: false)
            } catch PostgresError.connectionLost(let words), PostgresError.overdue(let words) {
                throw PostgresError.outcomeUnknown(words)
            }
            return result
        }
    }
}
#endif
