// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Synchronization

/// Whether this process is a worker, and when it last showed that it lives.
final class WorkerPresence: Sendable {
    /// A worker that was not seen for so long is not listed any more: one that died, or hangs.
    static let lifeMilliseconds = 60_000
    private static let interval = Duration.seconds(10)

    private let state = Mutex((isWorker: false, shownAt: ContinuousClock.Instant?.none))

    func becomeWorker() { state.withLock { $0 = (true, nil) } }

    /// True where it was one.
    func resign() -> Bool {
        state.withLock { state in
            defer { state = (false, nil) }
            return state.isWorker
        }
    }

    /// True where it is time to show it again; then it counts as shown.
    func isDue() -> Bool {
        state.withLock { state in
            guard state.isWorker else { return false }
            if let last = state.shownAt, .now - last < Self.interval { return false }
            state.shownAt = .now
            return true
        }
    }
}
#endif
