// SPDX-License-Identifier: Apache-2.0

/// A document as a store has it at one moment.
package struct StoredDocument: Hashable, Sendable {
    package let document: Document
    /// Grows with every change of the document, and no number comes twice.
    ///
    /// Nil where the store numbers none: its files change without it, and only the hash tells one text from another.
    package let version: Int?
    /// Why it cannot be read, one sentence without a trailing period; then its text is empty.
    package let problem: String?

    package var path: DocumentPath { document.path }
    package var text: String { document.text }
    package var hash: ContentHash { document.hash }

    package init(document: Document, version: Int?, problem: String? = nil) {
        self.document = document
        self.version = version
        self.problem = problem
    }
}
