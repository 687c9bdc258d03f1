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
        /// Submitted as it stands, or nothing was ever said in it.
        case known
    }

    /// A session that nobody wrote to for so long is taken to have ended.
    static let quiet: TimeInterval = 300

    let now: Date
    /// By session: when it, or what came after it, was last submitted.
    private var submitted: [String: Date] = [:]
    private var jobs: [String: [Job.ID]] = [:]

    /// `jobs` are all of the user's.
    init(jobs: [QueuedJob], now: Date) {
        self.now = now
        for job in jobs {
            let session = Self.session(of: job.job)
            submitted[session] = max(submitted[session] ?? .distantPast, job.submittedAt)
            self.jobs[session, default: []].append(job.job.id)
        }
    }

    /// The job and its continuations.
    func jobs(of session: String) -> [Job.ID] { jobs[session] ?? [] }

    /// As far as the file's time tells.
    ///
    /// `grown` is a guess then: it may only have been touched, or submitted while it grew; ``isGrown(_:since:)`` knows.
    func state(of session: String, changedAt: Date) -> State {
        let submittedAt = submitted[session]
        if let submittedAt, submittedAt >= changedAt { return .known }
        if now.timeIntervalSince(changedAt) < Self.quiet { return .inUse }
        return submittedAt == nil ? .new : .grown
    }

    /// Whether a session has more events than any submission of it; unknown ones (not kept any more) count as fewer.
    static func isGrown(_ events: Int, since submitted: [Int?]) -> Bool {
        submitted.allSatisfy { $0.map { $0 < events } ?? true }
    }

    /// A continuation is named after its job: `<session>#<first new event>`.
    private static func session(of job: Job) -> String {
        let id = job.id.rawValue
        guard job.firstNewEvent != nil, let mark = id.lastIndex(of: "#") else { return id }
        return String(id[..<mark])
    }
}
