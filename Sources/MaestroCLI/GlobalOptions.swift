// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import struct SystemPackage.FilePath

/// Options of every command.
struct GlobalOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The data folder (MAESTRO_DATA, else ~/.maestro).", valueName: "dir"))
    var data: String?

    @Option(name: .long, help: ArgumentHelp("Whose memory (MAESTRO_USER, else me).", valueName: "user"))
    var user: String?

    var dataFolder: FilePath {
        let text = data ?? ProcessInfo.processInfo.environment["MAESTRO_DATA"] ?? "~/.maestro"
        let path = FilePath((text as NSString).expandingTildeInPath)
        return path.isAbsolute ? path : FilePath(FileManager.default.currentDirectoryPath).pushing(path)
    }

    var userID: UserID { (user ?? ProcessInfo.processInfo.environment["MAESTRO_USER"]).map { UserID($0) } ?? .me }
}

/// `--json` of commands that report.
struct ReportOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON: one object, or one a line.")
    var json = false
}

/// `--project` of commands that speak of one scope.
struct ScopeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("Project key, or `global` (default: git remote of this folder, else the folder).", valueName: "project"))
    var project: String?

    /// The scope that is meant from where the command runs.
    var scope: Scope { project.map { Scope($0) } ?? ProjectKey.scope(of: FileManager.default.currentDirectoryPath) }
}
