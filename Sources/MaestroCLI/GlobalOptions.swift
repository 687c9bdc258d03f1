// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import struct SystemPackage.FilePath

/// Where everything lies.
struct DataOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The data folder (MAESTRO_DATA, else ~/.maestro).", valueName: "dir"))
    var data: String?

    /// The data folder, as an absolute path.
    var folder: FilePath {
        let text = data ?? ProcessInfo.processInfo.variable("MAESTRO_DATA") ?? "~/.maestro"
        let path = FilePath(HomePath.expanding(text))
        return path.isAbsolute ? path : FilePath(FileManager.default.currentDirectoryPath).pushing(path)
    }

    func validate() throws {
        if data?.isEmpty == true { throw ValidationError("`--data` must name a folder") }
    }
}

/// Options of every command that acts for one user.
struct GlobalOptions: ParsableArguments {
    @OptionGroup var place: DataOptions

    @Option(name: .long, help: ArgumentHelp("Whose memory (MAESTRO_USER, else me).", valueName: "user"))
    var user: String?

    var dataFolder: FilePath { place.folder }

    var userID: UserID { (user ?? ProcessInfo.processInfo.variable("MAESTRO_USER")).map { UserID($0) } ?? .me }

    /// What a command has to say to mean the same user as this one: ` --user ann`, or nothing.
    var sameUser: String { user.map { " --user \(ShellWord.quoted($0))" } ?? "" }

    func validate() throws {
        if user?.isEmpty == true { throw ValidationError("`--user` must name a user") }
        if userID.rawValue.contains(where: \.isNewline) {
            throw ValidationError("`--user \(userID.rawValue.onOneLine)`: it must stand on one line")
        }
    }
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
        help: ArgumentHelp(
            "Project key, or `global` (default: git remote of this folder, else the folder).",
            valueName: "project"
        )
    )
    var project: String?

    func validate() throws {
        guard project?.allSatisfy(\.isWhitespace) == true else { return }
        throw ValidationError("`--project` is empty: name the project, or leave it out")
    }

    /// The scope that is meant from where the command runs.
    var scope: Scope { project.map { Scope($0) } ?? ProjectKey.scope(of: FileManager.default.currentDirectoryPath) }
}

extension ProcessInfo {
    /// The value of a variable; an empty one counts as unset.
    fileprivate func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
}
