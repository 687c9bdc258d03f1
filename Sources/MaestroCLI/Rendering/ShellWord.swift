// SPDX-License-Identifier: Apache-2.0

/// A word of a command that a person is to copy into a shell.
enum ShellWord {
    private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-")

    /// The word as a shell takes it for one: in quotes where it needs them.
    static func quoted(_ word: String) -> String {
        !word.isEmpty && word.allSatisfy(plain.contains) ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
