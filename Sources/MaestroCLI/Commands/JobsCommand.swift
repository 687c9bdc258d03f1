// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro jobs`: the queue, what runs, what waits, what is dead and why.
struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "The queue: what runs, what waits, what ended and how."
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions
    @Flag(name: .long, help: "Of all users.")
    var all = false
    @Option(name: .long, help: ArgumentHelp("Only queued, running, done, dead or cancelled ones.", valueName: "state"))
    var state: [String] = []
    @Option(name: .long, help: ArgumentHelp("Most lines.", valueName: "n"))
    var limit = 20

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be above 0") }
        for text in state where JobState(rawValue: text) == nil {
            let states = JobState.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("`--state \(text)`: it must be \(states)")
        }
    }

    func run() async throws {
        let composition = try await Composition.open(options)
        let user = all ? nil : composition.user
        let query = JobQuery(user: user, states: Set(state.compactMap(JobState.init)), limit: limit)
        let jobs = try await composition.store.jobs(query)
        if report.json { return Terminal.json(jobs.map { JobLine(job: $0, now: Date()).json }) }
        let standing = try await QueueStanding(of: composition.store, user: user)
        Terminal.result(jobs.flatMap { JobLine(job: $0, now: Date(), namesUser: all).lines })
        Terminal.result([standing.counts + "; " + standing.worker] + standing.pauseLines)
        if let dead = standing.backlog.counts[.dead], dead > 0 { Terminal.result("Again: maestro retry ID, or --dead") }
    }
}

/// One job of the queue, as people and programs read it.
struct JobLine {
    let job: QueuedJob
    let now: Date
    var namesUser = false

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
            ("state", .string(job.state.rawValue)), ("attempt", .number("\(job.attempt)")),
            ("failures", .number("\(job.failures)")), ("takeovers", .number("\(job.takeovers)")),
            ("due", time(job.dueAt)), ("submitted", time(job.submittedAt)), ("claimed", time(job.claimedAt)),
            ("ended", time(job.endedAt)), ("error", job.error.map { .string($0) } ?? .null),
        ])
    }
}
