// SPDX-License-Identifier: Apache-2.0

/// One line of `doctor`.
package struct Finding: Sendable, Hashable, Codable {
    package enum Level: String, Sendable, Codable { case good, note, problem }

    package var level: Level
    package var subject: String
    package var text: String
    /// What to do about a problem.
    package var hint: String?

    package init(_ level: Level, _ subject: String, _ text: String, hint: String? = nil) {
        self.level = level
        self.subject = subject
        self.text = text
        self.hint = hint
    }
}
