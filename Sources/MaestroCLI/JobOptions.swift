// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Maestro
import MaestroTranscripts

/// What a caller may say of the jobs in a transcript, laid over what the source says.
struct JobOptions: ParsableArguments {
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

    func validate() throws {
        for (flag, text, what) in [
            ("job", job, "the job"), ("project", project, "the project"), ("piece", piece, "the piece"),
            ("task", task, "the task"),
        ] where text?.allSatisfy(\.isWhitespace) == true {
            throw ValidationError("`--\(flag)` is empty: name \(what), or leave it out")
        }
        for (flag, text) in [("job", job), ("project", project), ("piece", piece)] {
            guard let text, text.contains(where: \.isNewline) else { continue }
            throw ValidationError("`--\(flag) \(text.onOneLine)`: it must stand on one line")
        }
        if let piece, PieceName(piece) == nil {
            throw ValidationError(
                "`--piece \(piece)`: no piece has such a name; it begins with a-z and has only a-z, 0-9 and -, at most 64"
            )
        }
        if let outcome, JobOutcome.Status(rawValue: outcome) == nil {
            throw ValidationError("`--outcome \(outcome)`: it must be succeeded, failed, aborted or unknown")
        }
        if let format, TranscriptFormat(rawValue: format) == nil {
            throw ValidationError(
                "`--format \(format)`: it must be \(TranscriptFormat.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
    }

    /// The jobs of one file (`-`: standard input), redacted.
    func jobs(in file: String, of user: UserID) throws -> [FinishedJob] {
        try TranscriptFile.jobs(in: file, as: format.flatMap(TranscriptFormat.init)) { transcript in
            let earlier = job == nil ? transcript.earlierJobIDs : []
            return (filled(transcript, of: user), earlierIDs: earlier.map { Job.ID($0) })
        }
    }

    /// - Throws: ``Failure`` where `--job` is to name more than one.
    func check(_ count: Int) throws {
        guard job == nil || count <= 1 else { throw Failure.use("`--job` names one job, but there are \(count)") }
    }

    private func filled(_ transcript: Transcript, of user: UserID) -> Job {
        Job(
            // On one line: what a source calls itself must not look like several lines of ours. PostgreSQL takes no NUL.
            id: Job.ID(job ?? transcript.jobID.onOneLine.replacing("\0", with: "")),
            user: user,
            scope: project.map { Scope($0) } ?? transcript.project.map { ProjectKey.scope(of: $0.onOneLine) }
                ?? .global,
            piece: piece,
            counterpart: transcript.counterpart,
            task: task ?? transcript.task,
            outcome: outcome.flatMap(JobOutcome.Status.init).map { JobOutcome($0) } ?? transcript.outcome,
            endedAt: transcript.endedAt
        )
    }

    /// Whether the caller says anything of the jobs beside their ids.
    var saysOfJob: Bool { [project, piece, outcome, task].contains { $0 != nil } }

    /// The flags that were given, and whose values one of the jobs has and the other has not.
    func flags(whereDiffer job: Job, _ other: Job) -> [String] {
        [
            ("--project", project != nil && job.scope != other.scope),
            ("--piece", piece != nil && job.piece != other.piece),
            ("--outcome", outcome != nil && job.outcome.status != other.outcome.status),
            ("--task", task != nil && job.task != other.task),
        ].filter(\.1).map(\.0)
    }

    /// A piece that nobody knows is most often a typing error, but may be another program's: the job counts under its name.
    func remarkOnPiece(_ composition: Composition) async throws {
        guard let piece,
            try await composition.store.state(of: composition.user, in: .global).pieces.text(named: piece) == nil
        else { return }
        Terminal.note("note: no piece is named `\(piece)`, so none can be edited; `maestro piece list` shows them")
    }
}

/// Settings that commands which reflect take as flags, too.
struct ModelOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("auto or review (`reflection.mode`).", valueName: "mode"))
    var mode: String?
    @Option(name: .long, help: ArgumentHelp("auto, llm or offline (`reflection.reflector`).", valueName: "reflector"))
    var reflector: String?
    @Option(name: .long, help: ArgumentHelp("`llm.endpoint`.", valueName: "url"))
    var endpoint: String?
    @Option(name: .long, help: ArgumentHelp("`llm.model`.", valueName: "model"))
    var model: String?

    var flags: [String: String] {
        [
            "reflection.mode": mode, "reflection.reflector": reflector, "llm.endpoint": endpoint, "llm.model": model,
        ].compactMapValues(\.self)
    }
}
