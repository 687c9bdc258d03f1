// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// What makes an entry worth a line near the top of `MEMORY.md`.
package struct EntryUse: Hashable, Sendable {
    /// How often it was said again.
    package var confirmations: Int
    /// When one of our commits last wrote it; nil for entries that came by the folder.
    package var lastWrite: Date?

    package init(confirmations: Int = 0, lastWrite: Date? = nil) {
        self.confirmations = confirmations
        self.lastWrite = lastWrite
    }
}

/// Brings the `MEMORY.md` of one folder up to date with entries that a commit is about to write.
package struct IndexRevision: Sendable {
    package let scope: Scope
    /// The entries of that folder as they stand.
    package let entries: [MemoryEntry]
    /// The live `MEMORY.md`; nil where there is none.
    package let existing: String?
    /// By relative path.
    package let use: [String: EntryUse]

    package init(scope: Scope, entries: [MemoryEntry], existing: String?, use: [String: EntryUse]) {
        self.scope = scope
        self.entries = entries
        self.existing = existing
        self.use = use
    }

    /// The write that `writes` at `moment` make necessary; nil where the index stays as it is.
    package func write(after writes: [DocumentWrite], at moment: Date) -> DocumentWrite? {
        var use = use
        var live = Dictionary(entries.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        for write in writes {
            guard case .entry(scope, let stem) = write.path else { continue }
            live[write.path] = write.after.map {
                MemoryEntry(reading: Document(path: write.path, text: $0), name: stem, scope: scope)
            }
            use[write.path.relative, default: EntryUse()].lastWrite = moment
        }
        let ranked = live.values.filter { $0.problem == nil }.map {
            (entry: $0, use: use[$0.path.relative] ?? EntryUse())
        }
        .sorted { Self.isMoreUseful($0, $1) }
        let lines = ranked.map { MemoryIndex.Line(name: $0.entry.name, description: $0.entry.description) }
        let text = MemoryIndex.text(of: lines, in: existing)
        return text == existing ? nil : DocumentWrite(path: .index(scope), before: existing, after: text)
    }

    /// More confirmations first, then the newest write, then by name.
    private static func isMoreUseful(
        _ left: (entry: MemoryEntry, use: EntryUse),
        _ right: (entry: MemoryEntry, use: EntryUse)
    ) -> Bool {
        if left.use.confirmations != right.use.confirmations { return left.use.confirmations > right.use.confirmations }
        let (leftWrite, rightWrite) = (left.use.lastWrite ?? .distantPast, right.use.lastWrite ?? .distantPast)
        if leftWrite != rightWrite { return leftWrite > rightWrite }
        return left.entry.name.rawValue < right.entry.name.rawValue
    }
}
