// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro scan`: Claude Code sessions on disk that were never submitted, or went on since.
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Find Claude Code sessions that were never submitted.",
        discussion: """
            Looks in ${CLAUDE_CONFIG_DIR:-~/.claude}/projects for sessions that are new to the queue or went on since they \
            were submitted. One that changed within five minutes counts as still in use and is left for the next scan. \
            Exit codes: 0 done, 1 a session could not be read, 2 wrong use.
            """
    )

    @Option(name: .long, help: ArgumentHelp("Only changed since then: 12h, 7d, 2w, or 2026-11-20.", valueName: "time"))
    var since = "7d"
    @Flag(name: .long, help: "Queue what is new and what went on.")
    var submit = false
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let now = Date()
        let limit = try Since.date(since, now: now)
        let folder = SessionFile.folder()
        let composition = try await Composition.openToRead(options)
        let desk = SessionDesk(
            store: composition.store,
            user: composition.user,
            source: try JobOptions.parse(["--format", "claude-code"])
        )
        do {
            let all = SessionFile.all(in: folder)
            let finding = try await desk.look(at: all.filter { $0.changedAt >= limit }, now: now)
            if submit { return try await submit(finding, desk) }
            tell(finding, older: all.count { $0.changedAt < limit }, in: folder, now: now)
            try checkAllRead(finding.unreadable.count, hint: "the others are found")
        } catch {
            Terminal.progress("")
            throw Failure(error)
        }
    }

    private func tell(_ finding: SessionDesk.Finding, older: Int, in folder: URL, now: Date) {
        finding.unreadable.forEach { Terminal.error($0.message, hint: $0.hint) }
        if report.json { return Terminal.json((finding.sessions + finding.over).map(\.json)) }
        Terminal.result(finding.sessions.flatMap { $0.lines(at: now) })
        Terminal.result(finding.sentence(since: since, older: older, folder: folder.path))
        Terminal.result(OverJobs.remarks(finding.over.compactMap(\.over), sameUser: options.sameUser))
        guard finding.count(.new) + finding.count(.grown) > 0 else { return }
        let chosen = since == "7d" ? "" : " --since \(since)"
        Terminal.result("Next: maestro scan\(chosen)\(options.sameUser) --submit queues them")
    }

    private func submit(_ finding: SessionDesk.Finding, _ desk: SessionDesk) async throws {
        finding.unreadable.forEach { Terminal.error($0.message, hint: $0.hint) }
        var tally = try await desk.submit(finding.sessions.filter { $0.state == .new || $0.state == .grown })
        tally.unreadable += finding.unreadable.count
        tally.over += finding.over.compactMap(\.over)
        let standing = try await QueueStanding(afterSubmittingTo: desk.store, as: desk.user)
        if report.json {
            Terminal.json(tally.json(standing))
        } else {
            let inUse = finding.count(.inUse)
            Terminal.result([tally.sentence] + OverJobs.remarks(tally.over, sameUser: options.sameUser))
            if inUse > 0 { Terminal.result("\(inUse) still in use: left for the next scan") }
            Terminal.result(standing.afterSubmitting)
        }
        try checkAllRead(tally.unreadable, hint: tally.others)
    }

    private func checkAllRead(_ unreadable: Int, hint: String) throws {
        guard unreadable > 0 else { return }
        let sessions = unreadable == 1 ? "session" : "sessions"
        throw Failure.work("\(unreadable) \(sessions) could not be read", hint: hint)
    }
}

extension SessionDesk.Finding {
    /// What was found, in one line.
    fileprivate func sentence(since: String, older: Int, folder: String) -> String {
        let parts = [
            (count(.new), "new"), (count(.grown), "grown"), (count(.inUse), "still in use"),
            (count(.known), "known"), (over.count, "dead or cancelled"), (count(.wordless), "without a word"),
            (count(.foreign), count(.foreign) == 1 ? "that is none" : "that are none"),
            (unreadable.count, "unreadable"), (older, "older than --since \(since)"),
        ]
        let told = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return told.isEmpty ? "No Claude Code session lies in `\(folder)`" : "Sessions: " + told.joined(separator: ", ")
    }
}
