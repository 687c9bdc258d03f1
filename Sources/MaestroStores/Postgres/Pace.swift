// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Synchronization

/// How often this process does something that is worth its cost only now and then.
final class Pace: Sendable {
    private let seconds: Double
    private let doneAt = Mutex(Date?.none)

    init(seconds: Double) { self.seconds = seconds }

    /// True where it is time to do it, or the clock was set back; then it counts as done.
    func isDue(at now: Date) -> Bool {
        doneAt.withLock { doneAt in
            if let last = doneAt, (0..<seconds).contains(now.timeIntervalSince(last)) { return false }
            doneAt = now
            return true
        }
    }
}
#endif
