// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `maestro store …`: what is done to a store as a whole.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Copy a whole store: to PostgreSQL, back, or elsewhere.",
        subcommands: [StoreCopyCommand.self]
    )
}
