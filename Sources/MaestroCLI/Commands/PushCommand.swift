// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import MaestroStores

/// `maestro push DIR`: sends back what was edited in a pulled folder.
struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Send back what was edited in a pulled folder.",
        discussion: """
            Each memory folder is sent as one commit, and the pieces as another: all of its edits or none. An edit of \
            something that changed in the store since the pull is a conflict: it is shown as a diff, and nothing of that \
            folder is sent. What was sent can be taken back with `maestro revert`. A second push changes nothing.
            """
    )

    @Argument(help: ArgumentHelp("The folder that `maestro pull` wrote.", valueName: "dir"))
    var folder: String
    @Flag(name: .long, help: "Show what would be sent, and change nothing.")
    var dryRun = false
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard !folder.isEmpty else { throw ValidationError("name a folder") }
    }

    func run() async throws {
        let desk = try await PushDesk.open(FolderArgument(folder), options)
        do {
            let outcome = try await desk.push(isDryRun: dryRun)
            if report.json { Terminal.json(outcome.json) } else { outcome.tell() }
            if let failure = outcome.failure { throw failure }
        } catch {
            throw Failure(error)
        }
    }
}
