// SPDX-License-Identifier: Apache-2.0
#if Postgres
package import Foundation
package import Maestro

/// The queue as people see it: pauses, lists, workers, and what is forgotten.
extension PostgresStore {
    package func pause(_ pause: Pause) async throws {
        try await transaction { transaction in
            try await transaction.run(
                "DELETE FROM pauses WHERE user_id IS NOT DISTINCT FROM $1",
                pause.user?.rawValue
            )
            try await transaction.run(
                """
                INSERT INTO pauses (user_id, until, reason, since)
                SELECT $2, $3::bigint - $5::bigint + \(Self.now), $4, \(Self.now)
                ON CONFLICT (user_id) DO UPDATE
                SET until = excluded.until, reason = excluded.reason, since = excluded.since
                """,
                // It lasts as long as was asked for, by the clock of the server that it is compared with.
                givenTime,
                pause.user?.rawValue,
                pause.until,
                pause.reason,
                pause.since
            )
        }
    }

    package func resume(_ user: UserID?) async throws -> Bool {
        // Looked at before, too: where the answer of a try was lost, the next finds nothing to take back.
        var wasInForce = try await pauses().contains { $0.user == user }
        let removed = try await read(
            """
            DELETE FROM pauses WHERE user_id IS NOT DISTINCT FROM $2
            RETURNING until IS NULL OR until > \(Self.now) AS was_in_force
            """,
            givenTime,
            user?.rawValue
        )
        for row in removed where try row.value("was_in_force") { wasInForce = true }
        return wasInForce
    }

    package func pauses() async throws -> [Pause] {
        try await read(
            "SELECT * FROM pauses WHERE until IS NULL OR until > \(Self.now) ORDER BY user_id NULLS FIRST",
            givenTime
        ).map { row in
            let user: String? = try row.optional("user_id")
            return Pause(
                user: user.map { UserID($0) },
                until: try row.optional("until"),
                reason: try row.optional("reason"),
                since: try row.value("since")
            )
        }
    }

    package func jobs(_ query: JobQuery) async throws -> [QueuedJob] {
        let states = query.states.isEmpty ? Set(JobState.allCases) : query.states
        var found: [QueuedJob] = []
        for state in [JobState.running, .queued] where states.contains(state) {
            found += try await jobs(query, state)
        }
        // State by state, so that each is a walk along an index that ends at the limit.
        var ended: [QueuedJob] = []
        for state in [JobState.done, .dead, .cancelled] where states.contains(state) {
            ended += try await jobs(query, state)
        }
        found += ended.sorted { ($0.endedAt ?? .distantPast) > ($1.endedAt ?? .distantPast) }
        return Array(found.prefix(query.limit ?? found.count))
    }

    private func jobs(_ query: JobQuery, _ state: JobState) async throws -> [QueuedJob] {
        try await read(QueueTable.list(state), query.user?.rawValue, query.prefix ?? "", query.limit)
            .map(QueueTable.queuedJob(of:))
    }

    package func backlog(of user: UserID?) async throws -> Backlog {
        guard let row = try await read(QueueTable.backlog, givenTime, user?.rawValue).first else { return Backlog() }
        return try QueueTable.backlog(of: row)
    }

    package func registerWorker() async throws {
        presence.becomeWorker()
        try await showPresence()
    }

    package func resignWorker() async throws {
        guard presence.resign() else { return }
        _ = try await read("DELETE FROM workers WHERE token = $1", token)
    }

    /// Shows others that this worker lives, where it is one and they were not told just now.
    func showPresence() async throws {
        guard presence.isDue() else { return }
        _ = try await read(
            """
            WITH gone AS (DELETE FROM workers WHERE seen_at < \(Self.now) - 86400000)
            INSERT INTO workers (token, name, seen_at) VALUES ($2, $3, \(Self.now))
            ON CONFLICT (token) DO UPDATE SET seen_at = excluded.seen_at
            """,
            givenTime,
            token,
            configuration.name
        )
    }

    package func workers() async throws -> [WorkerStatus] {
        try await read(
            "SELECT name FROM workers WHERE seen_at > \(Self.now) - $2::bigint ORDER BY name",
            givenTime,
            WorkerPresence.lifeMilliseconds
        ).map { WorkerStatus(name: try $0.value("name")) }
    }

    package func forgetActivities(endedBefore moment: Date, atMost limit: Int) async throws -> Int {
        try await transaction { try await ActivityTable.forget(endedBefore: moment, atMost: limit, in: $0) }
    }
}
#endif
