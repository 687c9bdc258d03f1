// SPDX-License-Identifier: Apache-2.0

/// A memory entry: one Markdown file with front matter, as it stands in its folder.
///
/// The file is the truth; this is what we read from it. How it is parsed and rewritten: `EntryFile`.
package struct MemoryEntry: Hashable, Sendable {
    package let name: EntryName
    package let scope: Scope
    package let document: Document
    /// One line that says when the entry matters.
    ///
    /// Empty in an unreadable entry.
    package let description: String
    package let type: EntryType
    /// The Markdown after the front matter, without surrounding white space.
    package let body: String
    /// Why the file could not be read as an entry; nil for a good one.
    ///
    /// Such an entry is kept, shown by `doctor`, and never changed.
    package let problem: String?
    /// The words of name, description and body, as ranking sees them.
    package let words: WordBag
    /// The words of its rule, for telling whether another says the same.
    package let rule: Similarity

    package init(
        name: EntryName,
        scope: Scope,
        document: Document,
        description: String,
        type: EntryType,
        body: String,
        problem: String? = nil
    ) {
        self.name = name
        self.scope = scope
        self.document = document
        self.description = description
        self.type = type
        self.body = body
        self.problem = problem
        words = WordBag("\(name) \(description)\n\(body)")
        rule = Similarity(description: description, body: body)
    }

    package var path: DocumentPath { document.path }

    /// Hash of what the entry says: type, description and body.
    ///
    /// Front matter of other tools may change around it.
    package var meaning: ContentHash { ContentHash(of: "\(type.rawValue)\u{1F}\(description)\u{1F}\(body)") }
}
