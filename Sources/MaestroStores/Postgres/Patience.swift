// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Synchronization

/// How long a database that is away is waited for: as long as was set, or, in a process that is to end, for a moment.
final class Patience: Sendable {
    private static let lastMoment = Duration.seconds(2)
    /// No longer than this, for what runs in the task: whoever asks again by itself, and may be told to end meanwhile.
    @TaskLocal static var limit: Duration?
    private let isOver = Atomic(false)

    /// For the rest of the process's life.
    func end() { isOver.store(true, ordering: .relaxed) }

    func bound(_ usual: Duration) -> Duration {
        min(usual, Self.limit ?? usual, isOver.load(ordering: .relaxed) ? Self.lastMoment : usual)
    }
}
#endif
