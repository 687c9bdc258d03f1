// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// The store of many machines: rows of one PostgreSQL are the truth, and nothing of a user lies on a worker's disk.
///
/// A commit is one transaction under the lock of the user's row. Nothing that matters is kept in the session of a connection,
/// so that a transaction pooler may stand in between. A holder of a job is dead when its lease ran out by the database's clock.
package final class PostgresStore: Store {
    let configuration: Configuration
    let pool: ConnectionPool
    /// Names this process in claims.
    let token: String
    let cache = EntryCache()
    let presence: WorkerPresence
    let burials = Burials()
    /// Transactions that notify are committed one after the other, and workers look at the queue by themselves as well.
    let notices = Pace(seconds: 1)
    /// Every job that ran leaves an entry in the index of leases, which cannot be tidied away as long as anybody's snapshot is
    /// older: so not with every claim.
    let leaseChecks = Pace(seconds: 2)

    /// Opens the database, and makes or migrates the tables where they have to be.
    ///
    /// - Throws: ``StoreError/unusable(_:hint:)`` where it cannot be used as it is.
    package static func open(_ configuration: Configuration) async throws -> PostgresStore {
        try Libpq.require()
        let store = PostgresStore(configuration)
        try await store.explaining { try await store.migrate() }
        return store
    }

    private init(_ configuration: Configuration) {
        self.configuration = configuration
        pool = ConnectionPool(configuration.pool)
        token = configuration.makeToken()
        presence = WorkerPresence()
    }

    // MARK: - Transactions

    /// All of `body` or nothing; run again, after a moment, where PostgreSQL undid it or the connection was lost.
    ///
    /// Also where it was lost in the commit: so whatever runs here must find what it did before, and answer the same.
    func transaction<T>(
        _ isolation: ConnectionPool.Isolation = .readCommitted,
        _ body: (Transaction) async throws -> T
    ) async throws -> T {
        try await repeating { try await pool.transaction(isolation, body) }
    }

    /// Runs a statement that only reads, or that finds what it did.
    func read(_ sql: String, _ values: any SQLValue...) async throws -> [Answer.Row] {
        try await read([Statement(sql, values)]).first?.rows ?? []
    }

    /// Runs such statements in one round trip.
    func read(_ statements: [Statement]) async throws -> [Answer] {
        try await repeating { try await pool.run(statements) }
    }

    package func hurry() { pool.patience.end() }

    func repeating<T>(_ body: () async throws -> T) async throws -> T {
        try await explaining {
            let start = ContinuousClock.now
            var wait = Duration.milliseconds(10)
            while true {
                do {
                    return try await body()
                } catch let error as PostgresError where error.isRetryable {
                    let pause = wait * (0.5 + configuration.pool.jitter())
                    let bound = pool.patience.bound(configuration.repeatBound)
                    guard ContinuousClock.now + pause < start + bound else { throw error }
                    try await Task.sleep(for: pause)
                    wait = min(wait * 2, .seconds(1))
                }
            }
        }
    }

    /// Turns PostgreSQL's errors into sentences for people.
    func explaining<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as PostgresError {
            throw StoreError(error, configuration.url)
        }
    }
}

extension StoreError {
    init(_ error: PostgresError, _ url: PostgresURL) {
        switch error {
        case .overdue(let words): self = .locked(words)
        case .connectionLost, .outcomeUnknown:
            self = .unusable(
                "\(error.sentence) (`\(url)`)",
                hint: "check that the server runs and can be reached; what was committed is kept"
            )
        case .conflict: self = .unusable(error.sentence, hint: "run it again; nothing was changed")
        case .refused, .unreadable:
            self = .unusable(
                "\(error.sentence) (`\(url)`)",
                hint: "check `store.url`, the role's rights and the server's disk; nothing was changed"
            )
        }
    }
}
#endif
