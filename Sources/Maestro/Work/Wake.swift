// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Something to wait for that can be rung from anywhere; rings while nobody waits are kept as one.
///
/// For one waiter at a time.
final class Wake: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            state.isRung = state.waiter == nil
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when it is rung and `isOver` then, when `bound` is over, or when the task is cancelled.
    func wait(
        atMost bound: Duration,
        on clock: any Clock<Duration>,
        until isOver: @escaping @Sendable () -> Bool = { true }
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                repeat { await self.wait() } while !isOver() && !Task.isCancelled
            }
            // Cancelled where the bell was first; there is nothing else a sleep can throw.
            group.addTask { do { try await clock.sleep(for: bound) } catch { return } }
            await group.next()
            group.cancelAll()
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }?.resume()
        }
    }
}
