// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Synchronization

/// When this process last told others that a job was queued.
///
/// At most once a second: transactions that notify are committed one after the other, and workers look at the queue by
/// themselves as well.
final class NoticePace: Sendable {
    private static let interval = Duration.seconds(1)

    private let toldAt = Mutex(ContinuousClock.Instant?.none)

    /// True where it is time to tell; then it counts as told.
    func isDue(at now: ContinuousClock.Instant = .now) -> Bool {
        toldAt.withLock { toldAt in
            if let last = toldAt, now - last < Self.interval { return false }
            toldAt = now
            return true
        }
    }
}
#endif
