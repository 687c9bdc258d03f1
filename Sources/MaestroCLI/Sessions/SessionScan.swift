// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Which sessions on disk still have something to teach, from the queue's knowledge of those that were submitted.
struct SessionScan: Sendable {
    enum State: String, Sendable, CaseIterable {
        /// Never submitted.
        case new
        /// Went on since it was submitted.
        case grown
        /// Changed a moment ago: its agent may still be at work.
        case inUse = "in_use"
        /// Submitted as it stands.
        case known
        /// Nothing was said in it, so far.
        case wordless
        /// What lies there under a session's name and is none.
        case foreign
    }

    /// A session that nobody wrote to for so long is taken to have ended.
    static let quiet: TimeInterval = 300

    /// How long after its last words a session's file may still be written to without saying more.
    private static let slack: TimeInterval = 1

    /// What the queue knows of a session, its continuations with it.
    private struct Submitted {
        var at = Date.distantPast
        /// The time of its last words that were submitted; nil where no event has one.
        var spokenUntil: Date?
        /// The job of its last part, where nobody will reflect on that.
        var over: Job.ID?
    }

    let now: Date
    private var submitted: [String: Submitted] = [:]

    /// `jobs` are all of the user's.
    init(jobs: [QueuedJob], now: Date) {
        self.now = now
        for job in jobs {
            var known = submitted[Self.session(of: job.job)] ?? Submitted()
            if job.submittedAt >= known.at { known.over = job.state.isOver ? job.job.id : nil }
            known.at = max(known.at, job.submittedAt)
            known.spokenUntil = [known.spokenUntil, job.job.endedAt].compactMap(\.self).max()
            submitted[Self.session(of: job.job)] = known
        }
    }

    /// As far as the file's time tells.
    ///
    /// `grown` is a guess then: it may only have been touched. Nor does a later submission prove that it was known as it
    /// stands: words may have come while it was read, so their times count. Only the store knows.
    func state(of session: String, changedAt: Date) -> State {
        guard let known = submitted[session] else { return isInUse(changedAt) ? .inUse : .new }
        let isOlder = known.spokenUntil.map { changedAt <= $0 + Self.slack } ?? true
        if known.at >= changedAt, isOlder { return .known }
        return isInUse(changedAt) ? .inUse : .grown
    }

    /// The job of what was said last in a session, where that is dead or cancelled.
    func over(_ session: String) -> Job.ID? { submitted[session]?.over }

    /// Whether somebody may still write to a file that changed then.
    func isInUse(_ changedAt: Date) -> Bool { now.timeIntervalSince(changedAt) < Self.quiet }

    /// A continuation is named after its job: `<session>#<first new event>`.
    private static func session(of job: Job) -> String {
        let id = job.id.rawValue
        guard job.firstNewEvent != nil, let mark = id.lastIndex(of: "#") else { return id }
        return String(id[..<mark])
    }
}
