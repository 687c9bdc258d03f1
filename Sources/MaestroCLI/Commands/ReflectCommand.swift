// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Maestro

/// `maestro reflect FILE …`: learn from finished jobs, in the foreground.
struct ReflectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reflect",
        abstract: "Learn from the transcript of a finished job.",
        discussion: """
            Reads Claude Code sessions, OpenAI chat messages, Anthropic messages, tau-bench result files and plain text. A job \
            that was reflected on before gives its first receipt. Exit codes: 0 done, whatever the outcome; 1 the work failed; \
            2 wrong use.
            """
    )

    @Argument(help: ArgumentHelp("Transcripts; `-` reads standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    @OptionGroup var source: JobOptions
    @OptionGroup var model: ModelOptions
    @Flag(name: .long, help: "Show the decisions and write nothing.")
    var dryRun = false
    @Flag(name: .long, help: .hidden)
    var example = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("name at least one file") }
    }

    func run() async throws {
        let (jobs, unread) = try read()
        try source.check(jobs.count)
        let composition = try await Composition.open(options, flags: model.flags)
        try await source.remarkOnPiece(composition)
        try await composition.withReflector { reflector in
            let desk = ReflectDesk(
                composition: composition,
                source: source,
                reflector: reflector,
                printsJSON: report.json,
                isDryRun: dryRun,
                showsExample: example
            )
            try await desk.reflect(on: jobs)
        }
        guard unread > 0 else { return }
        throw Failure.work("\(unread) of \(files.count) files could not be read", hint: "the others are done")
    }

    /// The jobs of all files.
    ///
    /// One file that cannot be read is said, and does not stop the others.
    private func read() throws -> (jobs: [FinishedJob], unread: Int) {
        var jobs: [FinishedJob] = []
        var unread = 0
        for file in files {
            do {
                jobs += try source.jobs(in: file, of: options.userID)
            } catch let failure as Failure where files.count > 1 {
                Terminal.error(failure.message, hint: failure.hint)
                unread += 1
            }
        }
        if jobs.isEmpty {
            throw Failure.work("none of the \(files.count) files could be read", hint: "nothing was stored")
        }
        return (jobs, unread)
    }
}
