// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// Options of every command may also stand before the command: `maestro --data d jobs` is `maestro jobs --data d`.
enum ArgumentOrder {
    private static let flags: Set = ["--json"]
    private static let options: Set = ["--data", "--user"]

    /// The words as the parser wants them; all as they were where no command of `root` follows such options.
    static func parsable(_ words: [String], of root: any ParsableCommand.Type) -> [String] {
        var rest = words[...]
        while let word = rest.first, word.hasPrefix("-") {
            if options.contains(word) {
                guard rest.count > 1 else { return words }
                rest = rest.dropFirst(2)
            } else if flags.contains(word) || options.contains(where: { word.hasPrefix($0 + "=") }) {
                rest = rest.dropFirst()
            } else {
                return words
            }
        }
        let moved = words[..<rest.startIndex]
        var command = root
        while let word = rest.first, let next = subcommand(word, of: command) {
            command = next
            rest = rest.dropFirst()
        }
        // Right behind the name: what stands there already is later, and counts.
        return Array(words[moved.endIndex..<rest.startIndex] + moved + rest)
    }

    private static func subcommand(_ name: String, of command: any ParsableCommand.Type) -> (any ParsableCommand.Type)?
    {
        let configuration = command.configuration
        let all = configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
        return all.first { $0._commandName == name }
    }
}
