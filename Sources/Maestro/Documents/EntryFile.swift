// SPDX-License-Identifier: Apache-2.0

extension MemoryEntry {
    /// Reads an entry from its file.
    ///
    /// Never fails: a file that does not parse becomes an entry with a `problem`.
    package init(reading document: Document, name: EntryName, scope: Scope) {
        // Placeholder until EntryFile lands.
        self.init(name: name, scope: scope, document: document, description: "", type: .project, body: document.text)
    }
}
