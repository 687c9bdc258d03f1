// SPDX-License-Identifier: Apache-2.0
package import Foundation
import Synchronization

/// A clock that only moves when a test says so.
package final class ManualClock: Sendable {
    private let moment: Mutex<Date>

    package init(_ start: Date = Date(timeIntervalSince1970: 1_780_000_000)) { moment = Mutex(start) }

    package var now: Date { moment.withLock { $0 } }

    package func advance(seconds: Double) { moment.withLock { $0 += seconds } }
}
