// SPDX-License-Identifier: Apache-2.0
import Maestro
import MaestroTranscripts

/// Submits jobs in batches, and counts what became of them.
struct SubmitDesk {
    let store: any Store
    /// What the caller said of the jobs.
    let source: JobOptions

    /// Jobs of one transaction.
    private static let batch = 100

    /// `progress` is the line that a person sees while it lasts, given how many are done.
    func submit(
        _ jobs: [FinishedJob],
        adding tally: inout SubmitTally,
        progress: (_ done: Int) -> String
    ) async throws {
        var rest = jobs[...]
        var unapplied = UnappliedOptions()
        while !rest.isEmpty {
            try Task.checkCancellation()
            if jobs.count > Self.batch { Terminal.progress(progress(jobs.count - rest.count)) }
            rest.prefix(Self.batch).forEach(remarkOnSize)
            for (found, submission) in zip(rest, try await store.submit(Array(rest.prefix(Self.batch)))) {
                submission.note(about: found.job).map(Terminal.note)
                try await unapplied.add(submission, of: found.job, said: source, store: store)
                tally.add(submission)
            }
            rest = rest.dropFirst(Self.batch)
        }
        unapplied.note.map(Terminal.note)
    }

    /// Who reflects on it later is told, too; but whoever hands it over can still split it.
    private func remarkOnSize(of found: FinishedJob) {
        for note in found.activity.notes where TranscriptNote.isAboutSize(note) {
            Terminal.note("note: job `\(found.job.id)`: \(note)")
        }
    }
}

/// What became of submitted jobs.
struct SubmitTally: Hashable {
    var queued = 0
    var continued = 0
    var grown = 0
    var known = 0
    var unreadable = 0
    /// The jobs that stand for what was submitted, in order.
    private(set) var jobs: [Job.ID] = []
    /// Those of them that stay dead or cancelled.
    var over: [Job.ID] = []

    mutating func add(_ submission: Submission) {
        jobs.append(submission.job)
        if submission.state?.isOver == true { over.append(submission.job) }
        switch submission {
        case .queued: queued += 1
        case .continued: continued += 1
        case .grown: grown += 1
        case .existing: known += 1
        }
    }

    var sentence: String {
        let parts = [
            (queued, "queued"), (continued, "continued, with what is new"), (grown, "replaced by a longer transcript"),
            (known, "known already"),
        ]
        let told = parts.filter { $0.0 > 0 }.map { "\($0) \($1)" }
        return
            "\(jobs.count) job\(jobs.count == 1 ? "" : "s"): \(told.isEmpty ? "nothing to do" : told.joined(separator: ", "))"
    }

    /// What became of the rest where some could not be read.
    var others: String {
        if jobs.isEmpty { return "nothing was stored" }
        return known == 0
            ? "the others are queued"
            : known == jobs.count ? "the others were known already" : "the others are known now"
    }

    func json(_ standing: QueueStanding) -> JSONValue {
        .make([
            ("queued", .number("\(queued)")), ("continued", .number("\(continued)")), ("grown", .number("\(grown)")),
            ("known", .number("\(known)")), ("deadOrCancelled", .number("\(over.count)")),
            ("unreadable", .number("\(unreadable)")),
            ("jobs", .array(jobs.map { .string($0.rawValue) })), ("waiting", .number("\(standing.backlog.queued)")),
            ("paused", .number("\(standing.backlog.paused)")), ("workers", .number("\(standing.workers.count)")),
        ])
    }
}
