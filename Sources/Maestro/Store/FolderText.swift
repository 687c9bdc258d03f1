// SPDX-License-Identifier: Apache-2.0

/// What stands at a document's place in a folder of files.
package enum FolderText: Hashable, Sendable {
    case text(String)
    /// Something that is never read as a document (a link, a pipe, a file too large): one sentence, no trailing period.
    case unreadable(String)

    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    package var problem: String? {
        if case .unreadable(let problem) = self { problem } else { nil }
    }
}
