// SPDX-License-Identifier: Apache-2.0
import Maestro

/// A finding, and what a repair does about it.
struct Judged: Sendable, Hashable {
    var finding: CheckFinding
    /// Nil where a repair can do nothing without losing something.
    var repair: Repair?

    init(
        _ code: CheckCode,
        user: UserID? = nil,
        at place: String,
        _ message: String,
        mend: String,
        by repair: Repair? = nil
    ) {
        finding = CheckFinding(code, user: user, at: place, message, mend: mend, isMendable: repair != nil)
        self.repair = repair
    }
}
