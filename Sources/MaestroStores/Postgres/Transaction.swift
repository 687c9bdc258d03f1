// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation

/// Statements that all happen or none, on one connection.
struct Transaction {
    let connection: PostgresConnection
    let statementBound: Duration

    /// `values` are its parameters `$1` and on.
    @discardableResult
    func run(_ sql: String, _ values: any SQLValue...) async throws -> Answer { try await run(sql, values) }

    @discardableResult
    func run(_ sql: String, _ values: [any SQLValue]) async throws -> Answer {
        try await connection.run(sql, values.map(\.sqlText), within: statementBound)
    }

    /// Several statements without parameters.
    func runScript(_ sql: String) async throws { try await connection.runScript(sql, within: .seconds(600)) }
}

extension ConnectionPool {
    /// One statement that is a transaction of its own.
    func run(_ sql: String, _ values: any SQLValue...) async throws -> Answer {
        try await withConnection { connection in
            try await connection.run(sql, values.map(\.sqlText), within: configuration.statementBound)
        }
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
            try await connection.runScript(
                """
                BEGIN ISOLATION LEVEL \(isolation.rawValue);
                SET LOCAL idle_in_transaction_session_timeout = \(Int(configuration.idleBound / .milliseconds(1)))
                """,
                within: bound
            )
            let result: T
            do {
                result = try await body(Transaction(connection: connection, statementBound: bound))
                try Task.checkCancellation()
            } catch {
                // Where it does not reach the server either, the connection is not idle and is thrown away, which undoes as well.
                _ = try? await connection.run("ROLLBACK", [], within: .seconds(5), heedsCancellation: false)
                throw error
            }
            do {
                _ = try await connection.run("COMMIT", [], within: bound, heedsCancellation: false)
            } catch PostgresError.connectionLost(let words), PostgresError.overdue(let words) {
                throw PostgresError.outcomeUnknown(words)
            }
            return result
        }
    }
}
#endif
