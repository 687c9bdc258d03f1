// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What a caller said of jobs that were known already, and that changes nothing about them.
struct UnappliedOptions: Hashable {
    private(set) var flags: [String] = []
    private(set) var jobs: [Job.ID] = []

    /// Compares what was said with what the store has, where the job was there before.
    mutating func add(
        _ submission: Submission,
        of job: Job,
        said: JobOptions,
        store: any Store
    ) async throws {
        guard submission.state != nil, said.saysOfJob,
            let known = try await store.job(submission.job, user: job.user)
        else { return }
        add(said.flags(whereDiffer: job, known), of: known.id)
    }

    /// `flags` did not count for a job.
    mutating func add(_ flags: [String], of job: Job.ID) {
        guard !flags.isEmpty else { return }
        jobs.append(job)
        self.flags += flags.filter { !self.flags.contains($0) }
    }

    /// What to say, and what to do; nil where all counts.
    var note: String? {
        guard let first = jobs.first else { return nil }
        let named = flags.map { "`\($0)`" }.joined(separator: ", ")
        let which =
            jobs.count == 1
            ? "job `\(first)`, which was known already and stays as it is"
            : "\(jobs.count) jobs, as `\(first)`, which were known already and stay as they are"
        return "note: \(named) not applied to \(which); with --job NAME it is queued as another job, "
            + "and maestro cancel ID ends one that waits"
    }
}
