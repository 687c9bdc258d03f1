// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro recall TASK`: what an agent should be told before it starts.
///
/// Records who was told what.
struct RecallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recall",
        abstract: "What an agent should be told for a task."
    )

    @Argument(help: "The task, in words.")
    var task: [String]
    @Option(name: .long, help: ArgumentHelp("Most tokens.", valueName: "n"))
    var budget = 1000
    @Option(name: .long, help: ArgumentHelp("The job that is told this.", valueName: "id"))
    var job: String?
    @OptionGroup var options: GlobalOptions
    @OptionGroup var scopeOptions: ScopeOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard budget > 0 else { throw ValidationError("--budget must be above 0") }
    }

    func run() async throws {
        let composition = try await Composition.openToRead(options)
        let state = try await composition.store.state(of: composition.user, in: scopeOptions.scope)
        let recall = Recall(task: task.joined(separator: " "), state: state, budgetTokens: budget)
        let record = RecallRecord(
            id: UUID().uuidString.lowercased(),
            user: composition.user,
            scope: scopeOptions.scope,
            job: job.map { Job.ID($0) },
            time: Date(),
            budgetTokens: budget,
            exposures: recall.items.map {
                RecallRecord.Exposure(
                    path: $0.entry.path,
                    hash: $0.entry.document.hash,
                    rank: $0.rank,
                    inFull: $0.inFull
                )
            }
        )
        try await composition.store.record(record)
        if report.json { return Terminal.json(Self.json(recall, record)) }
        guard !recall.items.isEmpty else {
            return Terminal.note("nothing is remembered that shares a word with this task")
        }
        Terminal.result(recall.markdown.trimmingCharacters(in: .newlines))
    }

    private static func json(_ recall: Recall, _ record: RecallRecord) -> JSONValue {
        .make([
            ("recall", .string(record.id)), ("budgetTokens", .number("\(record.budgetTokens)")),
            (
                "entries",
                .array(
                    recall.items.map { item in
                        .make([
                            ("name", .string(item.entry.name.rawValue)), ("scope", .string(item.entry.scope.text)),
                            ("type", .string(item.entry.type.rawValue)),
                            ("description", .string(item.entry.description)),
                            ("body", item.inFull ? .string(item.entry.body) : .null), ("rank", .number("\(item.rank)")),
                            ("inFull", .bool(item.inFull)),
                        ])
                    }
                )
            ), ("leftOut", .number("\(recall.leftOut)")),
        ])
    }
}
