// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Maestro
import Synchronization

/// The documents of users as they were read last, so that a worker reads and parses each once.
///
/// Always asked together with the revision that the database has now: only what changed since is read.
final class EntryCache: Sendable {
    /// One user's documents as one scope sees them.
    struct Known: Sendable {
        var revision = 0
        /// The paths of ``entries``, sorted.
        var paths: [String] = []
        var entries: [MemoryEntry] = []
        var pieces: [PieceName: Document] = [:]

        /// In entries; pieces are as large as many, and a user without any costs something, too.
        fileprivate var weight: Int { 1 + entries.count + 20 * pieces.count }

        /// Takes over a document that changed; nil: it was removed.
        mutating func note(_ document: Document?, at path: DocumentPath) {
            switch path {
            case .entry: note(document.flatMap { MemoryEntry($0) }, at: path.relative)
            case .piece(let name): pieces[name] = document
            case .index: return
            }
        }

        private mutating func note(_ entry: MemoryEntry?, at path: String) {
            var (low, high) = (0, paths.count)
            while low < high {
                let middle = (low + high) / 2
                if paths[middle] < path { low = middle + 1 } else { high = middle }
            }
            let isKnown = low < paths.count && paths[low] == path
            switch (entry, isKnown) {
            case (let entry?, true): entries[low] = entry
            case (let entry?, false):
                entries.insert(entry, at: low)
                paths.insert(path, at: low)
            case (nil, true):
                entries.remove(at: low)
                paths.remove(at: low)
            case (nil, false): return
            }
        }
    }

    private struct Key: Hashable {
        let user: UserID
        let scope: Scope
    }

    /// With more than this in all, it starts anew.
    private static let limit = 50_000

    private let state = Mutex((known: [Key: Known](), weight: 0))

    subscript(user: UserID, scope: Scope) -> Known {
        state.withLock { $0.known[Key(user: user, scope: scope)] } ?? Known()
    }

    /// A transaction that is undone must not leave here what it wrote: only what was read before it wrote is kept.
    func keep(_ known: Known, of user: UserID, in scope: Scope) {
        state.withLock { state in
            if state.weight + known.weight > Self.limit { state = ([:], 0) }
            let previous = state.known.updateValue(known, forKey: Key(user: user, scope: scope))
            state.weight += known.weight - (previous?.weight ?? 0)
        }
    }
}
#endif
