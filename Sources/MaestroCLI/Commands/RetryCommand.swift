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
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard ids.isEmpty == dead else { throw ValidationError("name ids, or all with --dead") }
    }

    func run() async throws {
        let composition = try await Composition.open(options)
        let store = composition.store
        let jobs =
            try await dead
            ? store.jobs(JobQuery(user: composition.user, states: [.dead], limit: .max))
            : named(store, composition.user)
        do {
            for job in jobs { try await store.retry(job.job.id, of: job.job.user) }
        } catch {
            throw Failure(error)
        }
        if report.json { return Terminal.json(jobs.map { .make([("retried", .string($0.job.id.rawValue))]) }) }
        let standing = try await QueueStanding(of: store, user: nil)
        Terminal.result(["\(jobs.count) job\(jobs.count == 1 ? "" : "s") queued again"] + standing.afterSubmitting)
    }

    private func named(_ store: any Store, _ user: UserID) async throws -> [QueuedJob] {
        var jobs: [QueuedJob] = []
        for id in ids { jobs.append(try await IDs(store: store, user: user).job(id)) }
        return jobs
    }
}
