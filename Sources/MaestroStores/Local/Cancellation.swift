// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Tells work on a thread of its own that the task which waits for it was cancelled.
final class Cancellation: Sendable {
    private let hasArrived = Atomic(false)

    func arrive() { hasArrived.store(true, ordering: .relaxed) }

    /// - Throws: `CancellationError` where it was.
    func check() throws { if hasArrived.load(ordering: .relaxed) { throw CancellationError() } }
}
