// SPDX-License-Identifier: Apache-2.0

/// Why a folder is none to pull into, or to push from: another one was meant.
package struct PulledFolderRefusal: Error, Hashable, Sendable {
    /// One sentence for people, without a trailing period.
    package let sentence: String
    package let hint: String

    init(_ sentence: String, hint: String) {
        self.sentence = sentence
        self.hint = hint
    }
}
