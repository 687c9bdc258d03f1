// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `maestro`: subcommands only.
///
/// Alone it says what happened and what to do next.
struct MaestroCommand: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "maestro",
        abstract: "Learns from every job that your agents finish, safely.",
        version: version,
        subcommands: [OverviewCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "Learn", subcommands: [ReflectCommand.self, RememberCommand.self, ForgetCommand.self]),
            CommandGroup(
                name: "In the background",
                subcommands: [
                    SubmitCommand.self, ScanCommand.self, WorkCommand.self, JobsCommand.self, RetryCommand.self,
                    CancelCommand.self,
                    PauseCommand.self,
                ]
            ),
            CommandGroup(
                name: "See and take back",
                subcommands: [
                    LogCommand.self, ShowCommand.self, DiffCommand.self, RevertCommand.self, ReviewCommand.self,
                ]
            ),
            CommandGroup(
                name: "What is known",
                subcommands: [
                    MemoryCommand.self, PieceCommand.self, RecallCommand.self, PullCommand.self, PushCommand.self,
                ]
            ),
            CommandGroup(
                name: "Operate",
                subcommands: [
                    StatsCommand.self, DoctorCommand.self, FsckCommand.self, StoreCommand.self, InitCommand.self,
                ]
            ),
        ],
        defaultSubcommand: OverviewCommand.self
    )

    /// Names of all commands that help lists.
    static var names: [String] {
        configuration.groupedSubcommands.flatMap { $0.subcommands }.compactMap { $0.configuration.commandName }
    }
}
