// SPDX-License-Identifier: Apache-2.0

/// One line of `fsck`: what was found, where, and what is to be done about it.
package struct CheckFinding: Sendable, Hashable, Codable {
    package enum Level: String, Sendable, Codable {
        /// The data is not as a commit left it.
        case wrong
        /// Worth knowing; nothing is damaged.
        case information
    }

    /// The mend of what needs none.
    package static let nothingToDo = "nothing is to be done"

    package var code: CheckCode
    /// Nil: about the data folder as a whole.
    package var user: UserID?
    /// A path below the data folder or the user's folder, or the name of a job or reflection.
    package var place: String
    /// What is so, and what state the data is in; without a trailing period.
    package var message: String
    /// What a repair would do, or what a person can do.
    package var mend: String
    /// Whether a repair can do it.
    package var isMendable: Bool
    /// What a repair did about it; nil where it did nothing.
    package var mended: String?

    package var level: Level { code.level }
    /// Wrong, and nobody mended it.
    package var standsWrong: Bool { level == .wrong && mended == nil }

    package init(
        _ code: CheckCode,
        user: UserID? = nil,
        at place: String,
        _ message: String,
        mend: String,
        isMendable: Bool = false
    ) {
        self.code = code
        self.user = user
        self.place = place
        self.message = message
        self.mend = mend
        self.isMendable = isMendable
    }
}
