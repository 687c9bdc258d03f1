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
        var best = Best()
        let names = EntriesByName(entries)
        let folder = DocumentPath.folder(of: scope)
        var isCounted = [Bool](repeating: false, count: entries.count)
        for write in writes {
            guard case .entry(scope, let stem) = write.path else { continue }
            if let place = names.place(of: stem.rawValue) { isCounted[place] = true }
            guard let text = write.after else { continue }
            let entry = MemoryEntry(reading: Document(path: write.path, text: text), name: stem, scope: scope)
            best.add(entry, EntryUse(confirmations: use[write.path.relative]?.confirmations ?? 0, lastWrite: moment))
        }
        // The few that are more useful than the rest come first: then a look at each of the rest is enough.
        for (path, use) in use {
            guard let name = DocumentPath.entryName(path, in: folder), let place = names.place(of: name) else {
                continue
            }
            if !isCounted[place] { best.add(entries[place], use) }
            isCounted[place] = true
        }
        for (place, entry) in entries.enumerated() where !isCounted[place] { best.add(entry, EntryUse()) }
        let lines = best.ranked.map { MemoryIndex.Line(name: $0.entry.name, description: $0.entry.description) }
        let text = MemoryIndex.text(of: lines, leftOut: best.count - lines.count, in: existing)
        return text == existing ? nil : DocumentWrite(path: .index(scope), before: existing, after: text)
    }

    /// The most useful entries, as many as an index can show, found in one pass: there may be thousands.
    private struct Best {
        typealias Item = (entry: MemoryEntry, use: EntryUse)

        /// The most useful first.
        private(set) var ranked: [Item] = []
        /// All readable entries.
        private(set) var count = 0

        mutating func add(_ entry: MemoryEntry, _ use: EntryUse) {
            guard entry.isReadable else { return }
            count += 1
            let item = (entry, use)
            if ranked.count == MemoryIndex.maxLines {
                guard let last = ranked.last, Self.isMoreUseful(item, last) else { return }
                ranked.removeLast()
            }
            let place = ranked.firstIndex { Self.isMoreUseful(item, $0) } ?? ranked.endIndex
            ranked.insert(item, at: place)
        }

        /// More confirmations first, then the newest write, then by name.
        private static func isMoreUseful(_ left: Item, _ right: Item) -> Bool {
            if left.use.confirmations != right.use.confirmations {
                return left.use.confirmations > right.use.confirmations
            }
            let (leftWrite, rightWrite) = (left.use.lastWrite ?? .distantPast, right.use.lastWrite ?? .distantPast)
            if leftWrite != rightWrite { return leftWrite > rightWrite }
            return left.entry.name.rawValue < right.entry.name.rawValue
        }
    }
}
