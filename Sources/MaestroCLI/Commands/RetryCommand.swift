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
            ? store.jobs(JobQuery(user: composition.user, states: [.dead], limit: nil))
            : named(store, composition.user)
        var retried: [QueuedJob] = []
        var problems: [Failure] = []
        for job in jobs {
            // One that cannot be brought back keeps no other one from it.
            do {
                try await store.retry(job.job.id, of: job.job.user)
                retried.append(job)
            } catch is CancellationError {
                throw Failure(CancellationError())
            } catch {
                problems.append(Failure(error))
            }
        }
        if jobs.count == 1, let problem = problems.first { throw problem }
        for problem in problems { Terminal.error(problem.message, hint: problem.hint) }
        if report.json {
            Terminal.json(retried.map { .make([("retried", .string($0.job.id.rawValue))]) })
        } else {
            let standing = try await QueueStanding(of: store, user: nil)
            Terminal.result(
                ["\(retried.count) job\(retried.count == 1 ? "" : "s") queued again"] + standing.afterSubmitting
            )
        }
        guard !problems.isEmpty else { return }
        throw Failure.work(
            "\(problems.count) of \(jobs.count) jobs could not be brought back",
            hint: retried.isEmpty ? "nothing was changed" : "the others are queued"
        )
    }

    private func named(_ store: any Store, _ user: UserID) async throws -> [QueuedJob] {
        var jobs: [QueuedJob] = []
        for id in ids {
            let job = try await IDs(store: store, user: user).job(id)
            if !jobs.contains(where: { $0.job.id == job.job.id }) { jobs.append(job) }
        }
        return jobs
    }
}
