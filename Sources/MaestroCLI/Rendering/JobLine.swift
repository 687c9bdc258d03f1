// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// One job of the queue, as people and programs read it.
struct JobLine {
    let job: QueuedJob
    let now: Date
    var namesUser = false
    /// The pauses in force.
    var pauses: [Pause] = []

    var lines: [String] {
        let state = job.state.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
        let user = namesUser ? "\(job.job.user)  " : ""
        let piece = job.job.piece.map { "  piece \($0)" } ?? ""
        let line = "\(state)  \(user)\(job.job.id.rawValue.cut(toBytes: 60))  \(when)\(piece)"
        guard let error = job.error else { return [line] }
        return [line, "           \(error.onOneLine.cut(toBytes: 200))"]
    }

    private var when: String {
        switch job.state {
        case .queued where job.dueAt > now:
            "due in \(Self.span(job.dueAt.timeIntervalSince(now)))\(tries)"
        case .queued: "waits for \(Self.span(now.timeIntervalSince(job.submittedAt)))\(tries)"
        case .running: "for \(Self.span(now.timeIntervalSince(job.claimedAt ?? now)))\(tries)"
        case .done, .dead, .cancelled:
            "\(Self.span(now.timeIntervalSince(job.endedAt ?? now))) ago\(tries)"
        }
    }

    /// Whether it waits and no worker may take it.
    private var isPaused: Bool { job.state == .queued && pauses.contains { $0.holds(job.job.user) } }

    private var tries: String {
        let failures = job.failures > 0 ? ["\(job.failures) failure\(job.failures == 1 ? "" : "s")"] : []
        let takeovers = job.takeovers > 0 ? ["\(job.takeovers) take-over\(job.takeovers == 1 ? "" : "s")"] : []
        let all = failures + takeovers
        return all.isEmpty ? "" : " (\(all.joined(separator: ", ")))"
    }

    /// `5 s`, `3 min`, `2 h`, `4 d`.
    static func span(_ seconds: TimeInterval) -> String {
        switch max(0, seconds) {
        case ..<90: "\(Int(max(0, seconds).rounded(.up))) s"
        case ..<5400: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }

    var json: JSONValue {
        func time(_ date: Date?) -> JSONValue { date.map { .string($0.formatted(.iso8601)) } ?? .null }
        return .make([
            ("job", .string(job.job.id.rawValue)), ("user", .string(job.job.user.rawValue)),
            ("scope", .string(job.job.scope.text)), ("piece", job.job.piece.map { .string($0) } ?? .null),
            ("state", .string(job.state.rawValue)), ("paused", .bool(isPaused)), ("attempt", .number("\(job.attempt)")),
            ("failures", .number("\(job.failures)")), ("takeovers", .number("\(job.takeovers)")),
            ("due", time(job.dueAt)), ("submitted", time(job.submittedAt)), ("claimed", time(job.claimedAt)),
            ("ended", time(job.endedAt)), ("error", job.error.map { .string($0) } ?? .null),
        ])
    }
}
