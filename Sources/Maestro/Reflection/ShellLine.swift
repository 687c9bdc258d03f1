// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A shell line taken apart, as far as its exit code speaks of its commands.
struct ShellLine: Sendable {
    private let commands: [(command: ShellCommand, isProven: Bool)]

    /// The command that a failure of the line is put down to: the last one that the exit code can come from.
    var failing: ShellCommand? { passing.last }
    /// The commands that a success of the line proves: not `make` in `make | tail`, whose exit code is tail's.
    var passing: [ShellCommand] { commands.filter { $0.isProven && $0.command.isTelling }.map(\.command) }

    init(_ line: String) {
        var commands: [(command: ShellCommand, isProven: Bool)] = []
        for part in Self.parts(of: line) {
            // Behind `;`, `||` and a line's end the exit code is that of what follows.
            if part.mark == ";" || part.mark == "||" { commands = commands.map { ($0.command, false) } }
            let isProven = part.mark == "&&" || part.mark.isEmpty
            if !part.text.isEmpty { commands.append((ShellCommand(part.text), isProven)) }
        }
        self.commands = commands
    }

    /// The parts between `&&`, `||`, `|`, `;` and line ends outside quotes, each with the mark behind it.
    private static func parts(of line: String) -> [(text: String, mark: String)] {
        var parts: [(text: String, mark: String)] = []
        var text = ""
        var quote: Character?
        var rest = line.prefix(2000)[...]
        func close(_ mark: String) {
            parts.append((text.trimmingCharacters(in: .whitespaces), mark))
            text = ""
        }
        while let character = rest.popFirst() {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            } else if quote == nil, "&|".contains(character), rest.first == character {
                rest.removeFirst()
                close(String([character, character]))
                continue
            } else if quote == nil, "|;\n".contains(character) {
                close(character == "|" ? "|" : ";")
                continue
            }
            text.append(character)
        }
        close("")
        // A line break at the end is no command.
        if parts.count > 1, parts[parts.count - 1].text.isEmpty { parts.removeLast() }
        return parts
    }
}
