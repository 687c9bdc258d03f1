// SPDX-License-Identifier: Apache-2.0

/// One command of a shell line.
struct ShellCommand: Hashable, Sendable {
    let text: String
    /// Program and subcommand: what makes two calls the same command.
    let head: [String]

    init(_ text: String) {
        self.text = text
        var words = text.split(separator: " ").map(String.init)
        while let first = words.first, Self.isIntroduction(first) { words.removeFirst() }
        let plain = words.prefix { !$0.hasPrefix("-") && !$0.contains(">") && !$0.contains("<") }
        head = plain.prefix(3).enumerated().filter { $0.offset < 2 || $0.element.allSatisfy(Self.isNameLetter) }.map(
            \.element
        )
    }

    /// Whether its failure or success says something of the project.
    var isTelling: Bool {
        guard let program = head.first else { return false }
        return !Self.trivial.contains(program) && !(head.count == 1 && Self.interpreters.contains(program))
    }

    private static func isNameLetter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "-_:".contains(character)
    }

    /// What stands before a program: `CI=1`, `sudo`, `timeout 60`.
    private static func isIntroduction(_ word: String) -> Bool {
        ["sudo", "time", "timeout", "env"].contains(word) || word.allSatisfy(\.isNumber)
            || word.contains("=") && !word.hasPrefix("-")
    }

    private static let trivial: Set = [
        "cd", "ls", "cat", "grep", "rg", "find", "echo", "rm", "mkdir", "which", "sed", "head", "tail", "git", "test",
        "[",
        "cp", "mv", "kill", "pkill", "curl", "wget", "ssh", "sleep", "gh", "chmod", "touch", "diff", "awk", "jq", "wc",
    ]
    private static let interpreters: Set = [
        "python", "python3", "node", "ruby", "perl", "bash", "sh", "zsh", "php", "deno", "bun", "osascript",
    ]
}
