// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One thread that waits for the sockets of all connections, so that no query keeps a thread of its own.
final class SocketWatch: Sendable {
    enum Event: Sendable { case ready, overdue, cancelled }

    struct Directions: OptionSet, Sendable {
        let rawValue: Int
        static let readable = Directions(rawValue: 1)
        static let writable = Directions(rawValue: 2)

        fileprivate var events: Int16 {
            Int16((contains(.readable) ? POLLIN : 0) | (contains(.writable) ? POLLOUT : 0))
        }
    }

    private struct Waiter {
        let socket: Int32
        let events: Int16
        let deadline: ContinuousClock.Instant
        let continuation: CheckedContinuation<Event, Never>
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var lastID = 0
        var isRunning = false
    }

    static let shared = SocketWatch()

    private let state = Mutex(State())
    /// A byte here makes the thread look at the waiters again.
    private let bell: (read: Int32, write: Int32)

    private init() {
        var ends: [Int32] = [-1, -1]
        // Without a pipe (no descriptor left) the thread looks by itself, every few milliseconds.
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }
        bell = (ends[0], ends[1])
    }

    /// Returns when the socket can be read or written, when the deadline is over, or when the task is cancelled.
    func wait(
        for socket: Int32,
        _ directions: Directions,
        until deadline: ContinuousClock.Instant,
        heedsCancellation: Bool
    ) async -> Event {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if heedsCancellation, Task.isCancelled { return continuation.resume(returning: .cancelled) }
                let waiter = Waiter(
                    socket: socket,
                    events: directions.events,
                    deadline: deadline,
                    continuation: continuation
                )
                add(waiter, as: id)
                // Cancelled before it was there to be found: the handler has run already, and found nothing.
                if heedsCancellation, Task.isCancelled { end(id, .cancelled) }
            }
        } onCancel: {
            if heedsCancellation { end(id, .cancelled) }
        }
    }

    private func add(_ waiter: Waiter, as id: Int) {
        let isFirst = state.withLock { state in
            state.waiters[id] = waiter
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if isFirst { Thread.detachNewThread { self.run() } }
        ring()
    }

    private func end(_ id: Int, _ event: Event) {
        state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume(returning: event)
        // So that the thread does not look at a socket that may be closed by now, or be another's.
        ring()
    }

    private func ring() {
        var byte: UInt8 = 1
        // A full pipe rings as well.
        _ = write(bell.write, &byte, 1)
    }

    // MARK: - The thread

    private func run() {
        while true {
            let waiters = state.withLock { $0.waiters }
            var sockets = [pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0)]
            let ids = Array(waiters.keys)
            for id in ids {
                guard let waiter = waiters[id] else { continue }
                sockets.append(pollfd(fd: waiter.socket, events: waiter.events, revents: 0))
            }
            let count = poll(&sockets, nfds_t(sockets.count), timeout(of: waiters.values.map(\.deadline)))
            if sockets[0].revents != 0 { drainBell() }
            for (id, socket) in zip(ids, sockets.dropFirst()) where count > 0 && socket.revents != 0 {
                state.withLock { $0.waiters.removeValue(forKey: id) }?.continuation.resume(returning: .ready)
            }
            endOverdue()
        }
    }

    /// In milliseconds, rounded up; -1: for ever.
    private func timeout(of deadlines: [ContinuousClock.Instant]) -> Int32 {
        guard let next = deadlines.min() else { return bell.read < 0 ? 5 : -1 }
        let left = max(.zero, next - .now) / .milliseconds(1)
        let milliseconds = Int32(min(left.rounded(.up), 60_000))
        return bell.read < 0 ? min(milliseconds, 5) : milliseconds
    }

    private func endOverdue() {
        let now = ContinuousClock.now
        let overdue = state.withLock { state in
            let ids = state.waiters.filter { $0.value.deadline <= now }.map(\.key)
            return ids.compactMap { state.waiters.removeValue(forKey: $0) }
        }
        for waiter in overdue { waiter.continuation.resume(returning: .overdue) }
    }

    private func drainBell() {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(bell.read, &bytes, bytes.count) == bytes.count {}
    }
}
#endif
