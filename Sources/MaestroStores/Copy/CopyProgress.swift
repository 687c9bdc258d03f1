// SPDX-License-Identifier: Apache-2.0

/// How far a copy is.
package struct CopyProgress: Hashable, Sendable {
    package enum Step: String, Sendable {
        case checking = "looking at"
        case copying
        case completing = "writing the index and snapshots of"
        case comparing
    }

    package let step: Step
    package let kind: CopyKind
    /// Records, or users, that are done.
    package let count: Int

    /// For people: `copying activities: 1200`.
    package var words: String { "\(step.rawValue) \(kind.words): \(count)" }
}
