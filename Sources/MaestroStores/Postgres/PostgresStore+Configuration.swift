// SPDX-License-Identifier: Apache-2.0
#if Postgres
package import Foundation
package import Maestro

extension PostgresStore {
    /// How a store is opened.
    ///
    /// Time and randomness are inputs.
    package struct Configuration: Sendable {
        package var url: PostgresURL
        /// Texts of the builtin pieces.
        package var builtin: [PieceName: String]
        /// Whether the text of replies is kept after the commit.
        package var storeLlmRaw: Bool
        package var leaseSeconds: Double
        /// How long one job may run in all, however often its lease is renewed.
        package var maxRunSeconds: Double
        /// Nil: the database's clock, which all machines share.
        ///
        /// A test's clock travels with every statement instead.
        package var now: (@Sendable () -> Date)?
        /// A new text that nobody else has: names leases and processes.
        package var makeToken: @Sendable () -> String
        /// Who this process is, for people: `pid 4711 on web-1`.
        package var name: String
        /// Connections at once.
        package var connections: Int
        /// How long a transaction that was undone or lost is tried again.
        package var repeatBound: Duration
        /// Whether whoever queues a job tells the workers that wait, and these listen: for a connection of its own.
        package var notifies: Bool

        package init(
            url: PostgresURL,
            builtin: [PieceName: String] = [:],
            storeLlmRaw: Bool = false,
            leaseSeconds: Double = Lease.duration / .seconds(1),
            maxRunSeconds: Double = 900,
            now: (@Sendable () -> Date)? = nil,
            makeToken: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
            name: String = "pid \(ProcessInfo.processInfo.processIdentifier) on \(ProcessInfo.processInfo.hostName)",
            connections: Int = 8,
            repeatBound: Duration = .seconds(30),
            notifies: Bool = true
        ) {
            self.url = url
            self.builtin = builtin
            self.storeLlmRaw = storeLlmRaw
            self.leaseSeconds = leaseSeconds
            self.maxRunSeconds = maxRunSeconds
            self.now = now
            self.makeToken = makeToken
            self.name = name
            self.connections = connections
            self.repeatBound = repeatBound
            self.notifies = notifies
        }

        var pool: ConnectionPool.Configuration {
            ConnectionPool.Configuration(url: url, size: connections)
        }
    }

    /// The first parameter of every statement that asks for the time: NULL, or a test's own.
    var givenTime: Date? { configuration.now?().roundedToMilliseconds }

    /// The time as SQL: the database's own, where the parameter is NULL.
    static let now = "COALESCE($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)"
}
#endif
