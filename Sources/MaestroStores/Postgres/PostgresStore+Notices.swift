// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// NOTIFY and LISTEN as a hint: a worker that waits looks at once.
///
/// Nothing depends on it. Workers poll all the same, and what is lost here they find a second later.
extension PostgresStore {
    /// The schema's own: several may share a database, which all channels belong to.
    private static let channel = "'maestro_' || md5(current_schema())"
    /// How long a connection may be silent before it is asked whether it still answers.
    private static let silence = Duration.seconds(60)
    /// Before a lost connection is made again: twice as long each time, until one has lived for the longest.
    private static let firstWait = Duration.milliseconds(100)
    private static let longestWait = Duration.seconds(60)

    /// What one transaction tells of the jobs that it queues: all of its tries the same.
    struct Notice {
        private let store: PostgresStore
        private var isDue: Bool?

        init(_ store: PostgresStore) { self.store = store }

        /// Tells whoever listens, once the transaction is committed; nothing where they were told just now.
        mutating func send(in transaction: Transaction) async throws {
            let isDue = isDue ?? (store.configuration.notifies && store.notices.isDue(at: store.givenTime ?? Date()))
            self.isDue = isDue
            if isDue { try await transaction.run("SELECT pg_notify(\(PostgresStore.channel), '')") }
        }
    }

    package func watchQueue(_ ring: @escaping @Sendable () -> Void) async {
        guard configuration.notifies else { return }
        var wait = Self.firstWait
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                let connection = try await listeningConnection()
                // For what was queued while nobody listened.
                ring()
                try await listen(on: connection, ring)
            } catch {
                // Nobody has to know: jobs are found by polling meanwhile, which says what is wrong with the server.
            }
            if .now - start > Self.longestWait { wait = Self.firstWait }
            // Ends at once where the task is cancelled, and so does the loop.
            _ = try? await Task.sleep(for: wait * (0.5 + configuration.pool.jitter()))
            wait = min(wait * 2, Self.longestWait)
        }
    }

    /// Outside the pool: it is never given back.
    private func listeningConnection() async throws -> PostgresConnection {
        let bounds = configuration.pool
        let connection = try await PostgresConnection.open(bounds.url, within: bounds.connectBound)
        let question = Statement("SELECT \(Self.channel) AS name")
        let row = try await connection.run([question], within: bounds.statementBound).first?.rows.first
        guard let name: String = try row?.value("name") else { throw PostgresError.unreadable("no channel") }
        try await connection.runScript("LISTEN \(name)", within: bounds.statementBound)
        return connection
    }

    /// Until the connection is lost or the task is cancelled.
    private func listen(on connection: PostgresConnection, _ ring: @Sendable () -> Void) async throws {
        while true {
            if try await !connection.notifications(within: Self.silence).isEmpty {
                ring()
            } else if await !connection.answers(within: .seconds(10)) {
                return
            }
        }
    }
}
#endif
