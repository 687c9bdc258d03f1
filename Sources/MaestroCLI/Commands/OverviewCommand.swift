// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro` alone: what happened since yesterday, what waits, what to do next, in a few lines.
struct OverviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "overview",
        abstract: "What happened, and what to do next.",
        shouldDisplay: false
    )

    /// What stands here is no command of ours: this one runs where no name is known.
    @Argument(help: .hidden)
    var unknown: [String] = []
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        if let name = unknown.first { throw UnknownCommand(name: name) }
        let composition = try await Composition.openToRead(options)
        let store = composition.store
        let recent = try await store.reflections(
            HistoryQuery(user: composition.user, since: Date(timeIntervalSinceNow: -86_400), limit: 10_000)
        )
        let waiting = try await store.waiting(of: composition.user)
        let queue = try await QueueStanding(of: store, user: composition.user)
        if report.json {
            return Terminal.json(
                JSONValue.make([
                    ("sinceYesterday", .make(Self.counts(recent).map { ($0, .number("\($1)")) })),
                    ("waiting", .number("\(waiting.count)")), ("worker", .bool(!queue.workers.isEmpty)),
                    ("queued", .number("\(queue.backlog.queued)")), ("paused", .number("\(queue.backlog.paused)")),
                    ("pauses", .array(queue.pauses.map(\.json))),
                    ("dead", .number("\(queue.backlog.counts[.dead] ?? 0)")),
                    ("reflector", .string(composition.usesModel ? "llm" : "offline")),
                ])
            )
        }
        let counts = Self.counts(recent)
        let happened =
            counts.isEmpty ? "nothing" : counts.map { "\($1) \(Self.words[$0] ?? $0)" }.joined(separator: ", ")
        var lines = [
            "Since yesterday: \(happened)", "Waiting for you: \(waiting.count)",
            "Reflector: \(composition.usesModel ? "the model at `llm.endpoint`" : "offline (no model is set)")",
            "Queue: \(queue.counts); \(queue.worker)",
        ]
        lines += queue.pauseLines + ["", try await next(composition, waiting: waiting.count, queue)]
        Terminal.result(lines)
    }

    /// What a count is called where its own name is no word for it.
    private static let words = [
        Reflection.Kind.person.rawValue: "by hand", Reflection.Kind.revert.rawValue: "taken back",
    ]

    private static func counts(_ reflections: [Reflection]) -> [(String, Int)] {
        Reflection.Outcome.allCases.compactMap { outcome in
            let count = reflections.count { $0.kind == .job && $0.outcome == outcome }
            return count > 0 ? (outcome.rawValue, count) : nil
        }
            + Reflection.Kind.allCases.filter { $0 != .job }.compactMap { kind in
                let count = reflections.count { $0.kind == kind }
                return count > 0 ? (kind.rawValue, count) : nil
            }
    }

    private func next(
        _ composition: Composition,
        waiting: Int,
        _ queue: QueueStanding
    ) async throws -> String {
        let same = options.sameUser
        if waiting > 0 { return "Next: maestro review --list\(same)" }
        if let resuming = queue.resuming { return "Next: \(resuming)" }
        if queue.backlog.queued > 0, queue.workers.isEmpty { return "Next: maestro work --drain" }
        if let dead = queue.backlog.counts[.dead], dead > 0 {
            return
                "Next: maestro jobs --state dead\(same) says why they died, maestro retry --dead\(same) brings them back"
        }
        let isNew = try await composition.store.reflections(HistoryQuery(user: composition.user, limit: 1)).isEmpty
        guard isNew else { return "Next: maestro log\(same), or maestro reflect FILE for a job that ended" }
        if let path = NewestSession.path() { return "Next: maestro reflect '\(path)'" }
        return "Next: maestro reflect FILE, with the transcript of a job that ended; maestro --help for all there is"
    }
}
