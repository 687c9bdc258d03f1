// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Maestro

/// `maestro submit FILE …`: queue finished jobs for a worker.
struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Queue the transcripts of finished jobs for a worker.",
        discussion: """
            Submitting a job again changes nothing. A transcript that grew since is queued as a continuation, of which only \
            what is new is learned from. Exit codes: 0 done; 1 a file could not be read, or one of several is none; 2 wrong \
            use, as a single path that is no file.
            """
    )

    @Argument(help: ArgumentHelp("Transcripts; `-` reads standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var source: JobOptions
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("name at least one file") }
        // The second would be taken for the first one grown.
        guard source.job == nil || files.count == 1 else {
            throw ValidationError("`--job` names one job, but there are \(files.count) files")
        }
    }

    func run() async throws {
        let composition = try await Composition.open(options)
        try await source.remarkOnPiece(composition)
        let desk = SubmitDesk(store: composition.store, source: source)
        var tally = SubmitTally()
        for (index, file) in files.enumerated() {
            do {
                try Task.checkCancellation()
                let jobs = try source.jobs(in: file, of: composition.user)
                try source.check(jobs.count)
                try await desk.submit(jobs, adding: &tally) { done in
                    "\(file): \(done) of \(jobs.count) jobs (file \(index + 1) of \(files.count))"
                }
            } catch let failure as Failure where files.count > 1 {
                Terminal.progress("")
                Terminal.error(failure.message, hint: failure.hint)
                tally.unreadable += 1
            } catch is CancellationError {
                Terminal.progress("")
                throw interrupted(tally)
            } catch {
                Terminal.progress("")
                throw Failure(error)
            }
        }
        Terminal.progress("")
        let standing = try await QueueStanding(afterSubmittingTo: composition.store, as: composition.user)
        if report.json {
            Terminal.json(tally.json(standing))
        } else {
            Terminal.result(
                [tally.sentence] + OverJobs.remarks(tally.over, sameUser: options.sameUser) + standing.afterSubmitting
            )
        }
        guard tally.unreadable > 0 else { return }
        throw Failure.work(
            "\(tally.unreadable) of \(files.count) files could not be read",
            hint: tally.others
        )
    }

    private func interrupted(_ tally: SubmitTally) -> Failure {
        tally.jobs.isEmpty
            ? Failure(CancellationError())
            : Failure.work(
                "interrupted; so far \(tally.sentence)",
                hint: "run the same command again for the rest: what is known stays as it is"
            )
    }
}
