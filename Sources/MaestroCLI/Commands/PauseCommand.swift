// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro pause`: workers claim nothing of a user, or of anybody, for a while.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Let workers claim nothing for a while.",
        discussion: "Jobs that run go on, and `maestro reflect` still works. `maestro pause --off` takes it back."
    )

    @Flag(name: .long, help: "All users, not only this one.")
    var all = false
    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("How long: 30m, 2h, 1d (default: until --off).", valueName: "time")
    )
    var span: String?
    @Option(name: .long, help: ArgumentHelp("Why, for those who wonder.", valueName: "text"))
    var reason: String?
    @Flag(name: .long, help: "Take the pause back.")
    var off = false
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        if let span, (Since.span(span) ?? 0) <= 0 { throw ValidationError("`--for \(span)`: write 30m, 2h or 1d") }
        if off, span != nil || reason != nil { throw ValidationError("--off goes alone, or with --all") }
    }

    func run() async throws {
        let composition = try await Composition.open(options)
        let user = all ? nil : composition.user
        let who = user.map { "user `\($0)`" } ?? "all users"
        if off {
            guard try await composition.store.resume(user) else {
                throw notPaused(who, others: try await composition.store.pauses())
            }
            return tell("resumed", who, until: nil)
        }
        let until = span.flatMap { Since.span($0) }.map { Date() + $0 }
        try await composition.store.pause(Pause(user: user, until: until, reason: reason, since: Date()))
        tell("paused", who, until: until)
    }

    /// Names the pause that was perhaps meant: another may hold the same jobs.
    private func notPaused(_ who: String, others: [Pause]) -> Failure {
        let said = "\(who) \(all ? "are" : "is") not paused"
        guard let other = others.first(where: { all || $0.user == nil }) else {
            return .use(said, hint: "`maestro jobs --all` shows pauses")
        }
        return .use("\(said), but \(other.who) \(all ? "is" : "are")", hint: "\(other.resuming) takes that back")
    }

    private func tell(_ verb: String, _ who: String, until: Date?) {
        guard report.json else {
            return Terminal.result("\(verb) \(who)\(until.map { " until \($0.formatted(.iso8601))" } ?? "")")
        }
        Terminal.json(
            .make([
                (verb, .string(all ? "all" : options.userID.rawValue)),
                ("until", until.map { .string($0.formatted(.iso8601)) } ?? .null),
            ])
        )
    }
}
