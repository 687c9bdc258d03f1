// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Synchronization

/// Connections that are used in turn: at most so many at once, opened when they are needed, looked at before they are used
/// again.
final class ConnectionPool: Sendable {
    struct Configuration: Sendable {
        var url: PostgresURL
        /// Connections at once.
        var size = 8
        /// How long a caller waits for its turn.
        var turnBound = Duration.seconds(30)
        /// How long one attempt to connect may take.
        var connectBound = Duration.seconds(10)
        /// How long a caller tries to connect again where the server is away.
        var reconnectBound = Duration.seconds(10)
        /// How long a statement may run.
        var statementBound = Duration.seconds(30)
        /// How long a transaction may wait for us between two statements before the server undoes it.
        var idleBound = Duration.seconds(15)
        /// A connection that idled longer is asked whether it still answers.
        var trustedIdleTime = Duration.seconds(30)
        /// From 0 to 1, anew each time.
        var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }
    }

    private struct Idle {
        let connection: PostgresConnection
        let since: ContinuousClock.Instant
    }

    /// What a caller gets when it is its turn: somebody's connection, or the right to open one.
    private enum Turn: Sendable {
        case reuse(PostgresConnection, idledFor: Duration)
        case open
    }

    private struct State {
        var idle: [Idle] = []
        /// Turns that are taken.
        var taken = 0
        var waiters: [(id: Int, continuation: CheckedContinuation<Turn, any Error>)] = []
        var lastID = 0
    }

    let configuration: Configuration
    let patience = Patience()
    private let preparation = Preparation()
    private let state = Mutex(State())

    init(_ configuration: Configuration) { self.configuration = configuration }

    /// Lends a connection to `body`.
    ///
    /// - Throws: ``PostgresError`` where there is none in time; what `body` throws.
    func withConnection<T>(_ body: (PostgresConnection) async throws -> T) async throws -> T {
        let connection = try await take()
        do {
            let result = try await body(connection)
            await giveBack(connection)
            return result
        } catch {
            await giveBack(connection)
            throw error
        }
    }

    // MARK: - Taking

    private func take() async throws -> PostgresConnection {
        let turn = try await turn()
        do {
            if case .reuse(let connection, let idleTime) = turn, await connection.isIdle,
                await isTrusted(connection, after: idleTime)
            {
                return connection
            }
            return try await opened()
        } catch {
            leaveTurn()
            throw error
        }
    }

    private func isTrusted(_ connection: PostgresConnection, after idleTime: Duration) async -> Bool {
        guard idleTime > configuration.trustedIdleTime else { return true }
        return await connection.answers(within: .seconds(2))
    }

    /// Tries again, later each time, where the server is away or just starting.
    private func opened() async throws -> PostgresConnection {
        let start = ContinuousClock.now
        var wait = Duration.milliseconds(50)
        while true {
            do {
                return try await PostgresConnection.open(
                    configuration.url,
                    within: configuration.connectBound,
                    preparing: preparation
                )
            } catch let error as PostgresError where error.isRetryable {
                let pause = wait * (0.5 + configuration.jitter())
                guard ContinuousClock.now + pause < start + patience.bound(configuration.reconnectBound) else {
                    throw error
                }
                try await Task.sleep(for: pause)
                wait = min(wait * 2, .seconds(2))
            }
        }
    }

    private func turn() async throws -> Turn {
        if let turn = state.withLock({ Self.freeTurn(in: &$0, of: configuration.size) }) { return turn }
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return try await withThrowingTaskGroup(of: Turn?.self) { group in
            group.addTask { try await self.wait(as: id) }
            group.addTask {
                try await Task.sleep(for: self.configuration.turnBound)
                return nil
            }
            defer { group.cancelAll() }
            do {
                guard let first = try await group.next() else { throw CancellationError() }
                if let turn = first { return turn }
            } catch {
                group.cancelAll()
                if let late = try? await group.next(), let turn = late { await giveBack(turn) }
                throw error
            }
            // Its turn may have come in the same instant, and must not be lost.
            group.cancelAll()
            if let late = try? await group.next(), let turn = late { return turn }
            throw PostgresError.overdue(
                "all \(configuration.size) connections to PostgreSQL were in use for \(configuration.turnBound)"
            )
        }
    }

    private func giveBack(_ turn: Turn) async {
        switch turn {
        case .reuse(let connection, _): await giveBack(connection)
        case .open: leaveTurn()
        }
    }

    private static func freeTurn(in state: inout State, of size: Int) -> Turn? {
        guard state.waiters.isEmpty, state.taken < size else { return nil }
        state.taken += 1
        guard let idle = state.idle.popLast() else { return .open }
        return .reuse(idle.connection, idledFor: .now - idle.since)
    }

    private func wait(as id: Int) async throws -> Turn {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let turn = state.withLock { state -> Turn? in
                    if let turn = Self.freeTurn(in: &state, of: configuration.size) { return turn }
                    state.waiters.append((id, continuation))
                    return nil
                }
                if let turn { continuation.resume(returning: turn) }
                if Task.isCancelled { giveUp(id) }
            }
        } onCancel: {
            giveUp(id)
        }
    }

    private func giveUp(_ id: Int) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    // MARK: - Giving back

    private func giveBack(_ connection: PostgresConnection) async {
        guard await connection.isIdle else { return leaveTurn() }
        let waiter = state.withLock { state in
            if !state.waiters.isEmpty { return Optional(state.waiters.removeFirst()) }
            state.taken -= 1
            state.idle.append(Idle(connection: connection, since: .now))
            return nil
        }
        waiter?.continuation.resume(returning: .reuse(connection, idledFor: .zero))
    }

    /// Its connection is gone; whoever waits next opens another.
    private func leaveTurn() {
        let waiter = state.withLock { state in
            if !state.waiters.isEmpty { return Optional(state.waiters.removeFirst()) }
            state.taken -= 1
            return nil
        }
        waiter?.continuation.resume(returning: .open)
    }
}
#endif
