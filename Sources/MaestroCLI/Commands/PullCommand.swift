// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import MaestroStores

/// `maestro pull DIR`: a user's documents as the files that agents read, from any store.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Write a user's documents into a folder, as files for agents and editors.",
        discussion: """
            The folder is laid out like the user's own in a data folder: memory/, projects/<key>/memory/ and pieces/. Agents \
            and people may edit it; `maestro push DIR` sends the edits back. A second pull brings what changed since, for \
            the same user. Edits that were not sent are never overwritten: while there are any, nothing is pulled. Lines of \
            your own in a MEMORY.md stay in the folder.
            """
    )

    @Argument(help: ArgumentHelp("The folder: empty, not there yet, or pulled into before.", valueName: "dir"))
    var folder: String
    @Flag(
        name: .long,
        help: """
            Pull beside edits that were not sent. Where one is in the way of another text of the store, it goes to \
            .maestro/kept in the folder.
            """
    )
    var setAside = false
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard !folder.isEmpty else { throw ValidationError("name a folder") }
    }

    func run() async throws {
        let desk = try await PullDesk.open(FolderArgument(folder), options)
        do {
            let pulled = try await desk.pull(settingAside: setAside)
            if report.json { Terminal.json(pulled.json) } else { Terminal.result(pulled.lines) }
            if let failure = pulled.failure { throw failure }
        } catch {
            throw Failure(error)
        }
    }
}
