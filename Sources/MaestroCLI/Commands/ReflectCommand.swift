// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import MaestroTranscripts

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

    @Option(
        name: .long,
        help: ArgumentHelp("Project key, or `global` (default: what the transcript names).", valueName: "project")
    )
    var project: String?
    @Option(name: .long, help: ArgumentHelp("The workflow definition that the agent followed.", valueName: "piece"))
    var piece: String?
    @Option(
        name: .long,
        help: ArgumentHelp("succeeded, failed, aborted or unknown (default: stated or inferred).", valueName: "outcome")
    )
    var outcome: String?
    @Option(name: .long, help: ArgumentHelp("The job's id (default: the source's).", valueName: "id"))
    var job: String?
    @Option(name: .long, help: ArgumentHelp("What the agent was asked to do.", valueName: "text"))
    var task: String?
    @Option(
        name: .long,
        help: ArgumentHelp("claude-code, openai-chat, tau-bench, anthropic or text.", valueName: "format")
    )
    var format: String?
    @Option(name: .long, help: ArgumentHelp("auto or review (`reflection.mode`).", valueName: "mode"))
    var mode: String?
    @Option(name: .long, help: ArgumentHelp("auto, llm or offline (`reflection.reflector`).", valueName: "reflector"))
    var reflector: String?
    @Option(name: .long, help: ArgumentHelp("`llm.endpoint`.", valueName: "url"))
    var endpoint: String?
    @Option(name: .long, help: ArgumentHelp("`llm.model`.", valueName: "model"))
    var model: String?
    @Flag(name: .long, help: "Show the decisions and write nothing.")
    var dryRun = false
    @Flag(name: .long, help: .hidden)
    var example = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("name at least one file") }
        if let outcome, JobOutcome.Status(rawValue: outcome) == nil {
            throw ValidationError("`--outcome \(outcome)`: it must be succeeded, failed, aborted or unknown")
        }
        if let format, TranscriptFormat(rawValue: format) == nil {
            throw ValidationError(
                "`--format \(format)`: it must be \(TranscriptFormat.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
    }

    func run() async throws {
        let flags = [
            "reflection.mode": mode, "reflection.reflector": reflector, "llm.endpoint": endpoint, "llm.model": model,
        ]
        let (jobs, unread) = try read()
        if job != nil, jobs.count > 1 { throw Failure.use("`--job` names one job, but there are \(jobs.count)") }
        let composition = try await Composition.open(options, flags: flags.compactMapValues(\.self))
        try await remarkOnPiece(composition)
        try await composition.withReflector { reflector in
            let desk = ReflectDesk(
                composition: composition,
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

    /// A piece that nobody knows is most often a typing error, but may be another program's: the job counts under its name.
    private func remarkOnPiece(_ composition: Composition) async throws {
        guard let piece,
            try await composition.store.state(of: composition.user, in: .global).pieces.text(named: piece) == nil
        else { return }
        Terminal.note("note: no piece is named `\(piece)`, so none can be edited; `maestro piece list` shows them")
    }

    /// The jobs of all files.
    ///
    /// One file that cannot be read is said, and does not stop the others.
    private func read() throws -> (jobs: [FinishedJob], unread: Int) {
        var jobs: [FinishedJob] = []
        var unread = 0
        for file in files {
            do {
                jobs += try TranscriptFile.jobs(in: file, as: format.flatMap(TranscriptFormat.init), filling: filled)
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

    /// A job with what the caller says laid over what the source says.
    private func filled(_ transcript: Transcript) -> Job {
        Job(
            id: Job.ID(job ?? transcript.jobID),
            user: options.userID,
            scope: project.map { Scope($0) } ?? transcript.project.map { ProjectKey.scope(of: $0) } ?? .global,
            piece: piece,
            counterpart: transcript.counterpart,
            task: task ?? transcript.task,
            outcome: outcome.flatMap(JobOutcome.Status.init).map { JobOutcome($0) } ?? transcript.outcome,
            endedAt: transcript.endedAt
        )
    }
}
