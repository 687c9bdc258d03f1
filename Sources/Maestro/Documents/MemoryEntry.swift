// SPDX-License-Identifier: Apache-2.0

/// A memory entry: one Markdown file with front matter, as it stands in its folder.
///
/// The file is the truth; this is what we read from it. How it is parsed and rewritten: `EntryFile`.
package struct MemoryEntry: Hashable, Sendable {
    /// Shared by all copies: there may be thousands of entries, and each reflection passes them on several times.
    private let content: Content

    private final class Content: Sendable {
        // What is looked at in every entry, thousands of times, stands together: each line of memory has to be fetched.
        let type: EntryType
        let nameNumber: UInt32
        let rule: Similarity
        let problem: String?
        let words: WordBag
        let name: EntryName
        let scope: Scope
        let document: Document
        let description: String
        let body: String

        init(
            _ name: EntryName,
            _ scope: Scope,
            _ document: Document,
            _ description: String,
            _ type: EntryType,
            _ body: String,
            _ problem: String?
        ) {
            self.name = name
            self.scope = scope
            self.document = document
            self.description = description
            self.type = type
            self.body = body
            self.problem = problem
            nameNumber = WordNumber.of(name.rawValue)
            words = WordBag("\(name) \(description)\n\(body)")
            rule = Similarity(description: description, body: body)
        }
    }

    package init(
        name: EntryName,
        scope: Scope,
        document: Document,
        description: String,
        type: EntryType,
        body: String,
        problem: String? = nil
    ) {
        content = Content(name, scope, document, description, type, body, problem)
    }

    package var name: EntryName { content.name }
    /// The name as a number, for finding it among thousands; another name may have the same.
    var nameNumber: UInt32 { content.nameNumber }
    package var scope: Scope { content.scope }
    package var document: Document { content.document }
    /// One line that says when the entry matters.
    ///
    /// Empty in an unreadable entry.
    package var description: String { content.description }
    package var type: EntryType { content.type }
    /// The Markdown after the front matter, without surrounding white space.
    package var body: String { content.body }
    /// Why the file could not be read as an entry; nil for a good one.
    ///
    /// Such an entry is kept, shown by `doctor`, and never changed.
    package var problem: String? { content.problem }
    package var isReadable: Bool { content.problem == nil }
    /// The words of name, description and body, as ranking sees them.
    package var words: WordBag { content.words }
    /// The words of its rule, for telling whether another says the same.
    package var rule: Similarity { content.rule }

    /// Whether it has the type and says what another rule says.
    func saysTheSame(as other: Similarity, _ type: EntryType?) -> Bool {
        // Through the content: copies of texts and words would cost more than the comparison, thousands of times.
        content.problem == nil && content.type == type && other.saysTheSame(as: content.rule)
    }

    package var path: DocumentPath { content.document.path }

    /// Hash of what the entry says: type, description and body.
    ///
    /// Front matter of other tools may change around it.
    package var meaning: ContentHash { ContentHash(of: "\(type.rawValue)\u{1F}\(description)\u{1F}\(body)") }

    /// What was read from the same text at the same place is the same.
    package static func == (left: MemoryEntry, right: MemoryEntry) -> Bool {
        left.content === right.content
            || left.document == right.document && left.description == right.description && left.type == right.type
                && left.body == right.body && left.problem == right.problem
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(document) }
}
