// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Maestro

/// `maestro retry ID …`: bring dead or cancelled jobs back, or make waiting ones due now.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Bring a dead or cancelled job back into the queue."
    )

    @Argument(help: "Ids of jobs, prefixes, or `last`.")
    var ids: [String] = []
    @Flag(name: .long, help: "All dead jobs of the user.")
    var dead = false
    @Flag(name: .long, help: "With --dead: of all users.")
    var all = false
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard ids.isEmpty == dead else { throw ValidationError("name ids, or all with --dead") }
        guard all else { return }
        guard dead else { throw ValidationError("`--all` goes with --dead: `maestro retry --dead --all`") }
        guard options.user == nil else { throw ValidationError("`--all` means all users: leave out `--user`") }
    }

    func run() async throws {
        let composition = try await Composition.open(options)
        let store = composition.store
        var named = NamedJobs(store: store, user: composition.user)
        let jobs =
            try await dead
            ? store.jobs(JobQuery(user: all ? nil : composition.user, states: [.dead], limit: nil)) : named.find(ids)
        try await named.forEach(jobs) { try await store.retry($0.job.id, of: $0.job.user) }
        if report.json {
            Terminal.json(
                named.done.map {
                    .make([("retried", .string($0.job.id.rawValue)), ("user", .string($0.job.user.rawValue))])
                }
            )
        } else if dead, jobs.isEmpty {
            Terminal.result(try await noneIsDead(store, composition.user))
        } else if !named.done.isEmpty {
            let standing = try await QueueStanding(afterSubmittingTo: store, as: composition.user)
            let count = named.done.count
            Terminal.result(["\(count) job\(count == 1 ? "" : "s") queued again"] + standing.afterSubmitting)
        }
        try named.checkAllDone("brought back", others: "queued")
    }

    private func noneIsDead(_ store: any Store, _ user: UserID) async throws -> [String] {
        guard !all else { return ["No job of any user is dead"] }
        let others = try await store.backlog(of: nil).counts[.dead] ?? 0
        return ["No job of user `\(user)` is dead"]
            + (others > 0 ? ["\(others) of other users: maestro retry --dead --all brings them back"] : [])
    }
}
