// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import MaestroStores

/// `maestro store copy`: everything from one store into another.
struct StoreCopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy everything from one store into another that is empty.",
        discussion: """
            URL: postgres://…, or the data folder of an embedded store, also as sqlite:FOLDER/maestro.sqlite; sqlite: alone \
            is the data folder in force. Jobs, documents, history, replies, metrics and pauses go over with their ids and \
            their order; settings and other files stay. Stop the workers first. Run again after it was cut short, it goes on \
            where it stopped; nothing is ever overwritten, and no worker claims a job at the destination before both stores \
            were found to hold the same. Exit codes: 0 both hold the same, 1 refused or they do not, 2 wrong use.
            """
    )

    @Option(name: .long, help: ArgumentHelp("The store that is read.", valueName: "url"))
    var from: String
    @Option(
        name: .long,
        help: ArgumentHelp("The store that is written: empty, or a part of the same.", valueName: "url")
    )
    var to: String
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let (source, target) = (try CopyAddress(from, after: "--from"), try CopyAddress(to, after: "--to"))
        try source.requireExisting()
        try CopyAddress.requireApart(source, target)
        do {
            let copy = StoreCopy(from: try await source.open(), to: try await target.open()) { progress in
                Terminal.status.show(progress.words)
            }
            let result = try await copy.run()
            Terminal.status.clear()
            try tell(CopyReport(result: result))
        } catch is CancellationError {
            Terminal.status.clear()
            throw Failure.work(
                "the copy was cut short; what was copied is kept",
                hint: "run it again: it goes on from there"
            )
        } catch {
            Terminal.status.clear()
            throw Failure(error)
        }
    }

    private func tell(_ result: CopyReport) throws {
        if report.json { Terminal.json(result.json) } else { Terminal.result(result.lines) }
        guard !result.isEqual else { return }
        throw Failure.work(
            "the stores do not hold the same: \(result.difference)",
            hint:
                "the source changed meanwhile, or the destination did; stop their workers and run it again. Until then "
                + "workers claim nothing at the destination"
        )
    }
}
