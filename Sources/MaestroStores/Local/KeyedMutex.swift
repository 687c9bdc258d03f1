// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// One first-come-first-served lock per key, for tasks of this process.
///
/// Waiting is cancellable and has a bound.
final class KeyedMutex: Sendable {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var held: [String: [Waiter]] = [:]
        var nextID = 0
        var abandoned: Set<Int> = []
    }

    private let state = Mutex(State())

    /// False where the lock could not be had in time.
    ///
    /// Throws `CancellationError` where the task was cancelled.
    func lock(_ key: String, within bound: Duration) async throws -> Bool {
        try Task.checkCancellation()
        if lockIfFree(key) { return true }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        // Owned by this call: it is cancelled as soon as the wait ends.
        let alarm = Task {
            try await Task.sleep(for: bound)
            self.abandon(id, of: key)
        }
        defer { alarm.cancel() }
        let got = await withTaskCancellationHandler {
            await withCheckedContinuation { enqueue(Waiter(id: id, continuation: $0), for: key) }
        } onCancel: {
            abandon(id, of: key)
        }
        state.withLock { _ = $0.abandoned.remove(id) }
        if got, Task.isCancelled {
            unlock(key)
            throw CancellationError()
        }
        try Task.checkCancellation()
        return got
    }

    private func lockIfFree(_ key: String) -> Bool {
        state.withLock { state in
            guard state.held[key] == nil else { return false }
            state.held[key] = []
            return true
        }
    }

    private func enqueue(_ waiter: Waiter, for key: String) {
        let answer: Bool? = state.withLock { state in
            if state.abandoned.remove(waiter.id) != nil { return false }
            guard state.held[key] != nil else {
                state.held[key] = []
                return true
            }
            state.held[key, default: []].append(waiter)
            return nil
        }
        if let answer { waiter.continuation.resume(returning: answer) }
    }

    private func abandon(_ id: Int, of key: String) {
        let waiter: Waiter? = state.withLock { state in
            guard let index = state.held[key]?.firstIndex(where: { $0.id == id }) else {
                state.abandoned.insert(id)
                return nil
            }
            return state.held[key]?.remove(at: index)
        }
        waiter?.continuation.resume(returning: false)
    }

    func unlock(_ key: String) {
        let next: Waiter? = state.withLock { state in
            guard let waiters = state.held[key], let first = waiters.first else {
                state.held[key] = nil
                return nil
            }
            state.held[key]?.removeFirst()
            return first
        }
        next?.continuation.resume(returning: true)
    }
}
