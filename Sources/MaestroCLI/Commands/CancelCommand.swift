// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Maestro

/// `maestro cancel ID …`: end queued or running jobs without a reflection.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a queued or running job without learning from it.",
        discussion: "A running one commits nothing more. `maestro retry` brings it back."
    )

    @Argument(help: "Ids of jobs, prefixes, or `last`.")
    var ids: [String]
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard !ids.isEmpty else { throw ValidationError("name at least one job") }
    }

    func run() async throws {
        let composition = try await Composition.open(options)
        let store = composition.store
        var named = NamedJobs(store: store, user: composition.user)
        try await named.forEach(named.find(ids)) { job in
            try await store.cancel(job.job.id, of: job.job.user)
            if report.json {
                Terminal.json(.make([("cancelled", .string(job.job.id.rawValue))]))
            } else {
                Terminal.result("cancelled job `\(job.job.id)`, which was \(job.state.rawValue)")
            }
        }
        try named.checkAllDone("cancelled", others: "cancelled")
    }
}
