// SPDX-License-Identifier: Apache-2.0

/// One text at one place, with the hash it had when it was read.
package struct Document: Hashable, Sendable, Codable {
    package let path: DocumentPath
    package let text: String
    package let hash: ContentHash

    package init(path: DocumentPath, text: String) {
        self.path = path
        self.text = text
        hash = ContentHash(of: text)
    }
}

/// One intended change of one document: the text it must have before, and the text it has after.
package struct DocumentWrite: Hashable, Sendable, Codable {
    package let path: DocumentPath
    /// Nil: the document must not exist.
    package let before: String?
    /// Nil: the document is removed.
    package let after: String?

    package init(path: DocumentPath, before: String?, after: String?) {
        self.path = path
        self.before = before
        self.after = after
    }
}
