// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// How much there is to do, at one moment.
package struct Backlog: Hashable, Sendable {
    /// Jobs by state; absent: none.
    package var counts: [JobState: Int]
    /// Queued jobs that no pause holds back and whose time has come.
    package var due: Int
    /// How long it is until the next queued job that no pause holds back is due, zero where one is, by the clock of the
    /// store; nil: there is none.
    package var nextDueIn: Duration?
    /// When the oldest queued job was submitted.
    package var oldestSubmission: Date?
    /// Queued jobs that a pause holds back.
    package var paused: Int

    package init(
        counts: [JobState: Int] = [:],
        due: Int = 0,
        nextDueIn: Duration? = nil,
        oldestSubmission: Date? = nil,
        paused: Int = 0
    ) {
        self.counts = counts
        self.due = due
        self.nextDueIn = nextDueIn
        self.oldestSubmission = oldestSubmission
        self.paused = paused
    }

    package var queued: Int { counts[.queued] ?? 0 }
    package var running: Int { counts[.running] ?? 0 }
}
