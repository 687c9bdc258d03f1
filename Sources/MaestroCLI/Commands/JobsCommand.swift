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
        let composition = try await Composition.openToRead(options)
        let user = all ? nil : composition.user
        let query = JobQuery(user: user, states: Set(state.compactMap(JobState.init)), limit: limit)
        let jobs = try await composition.store.jobs(query)
        if report.json {
            let pauses = try await composition.store.pauses()
            return Terminal.json(jobs.map { JobLine(job: $0, now: Date(), pauses: pauses).json })
        }
        let standing = try await QueueStanding(of: composition.store, user: user)
        Terminal.result(jobs.flatMap { JobLine(job: $0, now: Date(), namesUser: all).lines })
        Terminal.result([standing.counts + "; " + standing.worker] + standing.pauseLines)
        guard let dead = standing.backlog.counts[.dead], dead > 0 else { return }
        let shown = jobs.filter { $0.state == .dead }
        Terminal.result(
            all
                ? RetryHint.again(
                    owners: shown.count == dead ? Set(shown.map(\.job.user)) : nil,
                    asker: composition.user,
                    sameUser: options.sameUser
                ) : RetryHint.again(sameUser: options.sameUser)
        )
    }
}
