// SPDX-License-Identifier: Apache-2.0

/// What a pull does to a folder: decided from the store's documents, the folder's, and what it was made from.
package struct PulledChanges: Sendable {
    /// An edit that was not sent yet.
    package struct Unsent: Hashable, Sendable {
        package let path: DocumentPath
        /// Nil: it was removed here.
        package let here: String?
        /// Nil: it was added here.
        package let pulled: ContentHash?
        /// The store has another text, or none any more.
        package let isInTheWay: Bool

        /// One sentence for people, without a trailing period.
        package var sentence: String {
            let what = here == nil ? "removed" : pulled == nil ? "added" : "edited"
            return "`\(path.relative)` was \(what) here\(isInTheWay ? ", and the store has another text" : "")"
        }
    }

    /// In the order of their paths, index files last: they name what stands then.
    package private(set) var writes: [DocumentWrite] = []
    package private(set) var unsent: [Unsent] = []
    /// Places where something stands that is never read as a document, with the sentence.
    package private(set) var unreadable: [(path: DocumentPath, problem: String)] = []
    /// What the folder is made from afterwards.
    package private(set) var facts: [DocumentPath: PulledManifest.Fact] = [:]

    /// `pulled` is settled already.
    package init(
        of store: [StoredDocument],
        here: [DocumentPath: FolderText],
        pulled: [DocumentPath: PulledManifest.Fact]
    ) {
        let store = Dictionary(store.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
        var indexes: [DocumentWrite] = []
        for path in Set(store.keys).union(here.keys).union(pulled.keys).sorted(by: { $0.relative < $1.relative }) {
            let document = store[path]
            if document?.problem != nil {
                facts[path] = pulled[path]
                continue
            }
            facts[path] = document.map { PulledManifest.Fact($0) }
            if let problem = here[path]?.problem {
                if document != nil || pulled[path] != nil { unreadable.append((path, problem)) }
                continue
            }
            let place = Place(path: path, store: document?.text, here: here[path]?.text, pulled: pulled[path]?.hash)
            if case .index = path {
                if let write = place.indexWrite { indexes.append(write) }
            } else {
                note(place)
            }
        }
        writes += indexes
    }

    private mutating func note(_ place: Place) {
        let pull = Pull(
            pulled: place.pulled,
            here: place.here.map { ContentHash(of: $0) },
            store: place.store.map { ContentHash(of: $0) }
        )
        switch pull {
        case .current: return
        case .write, .remove: writes.append(place.write)
        case .unsent, .inTheWay:
            unsent.append(
                Unsent(path: place.path, here: place.here, pulled: place.pulled, isInTheWay: pull == .inTheWay)
            )
            if pull == .inTheWay { writes.append(place.write) }
        }
    }

    private struct Place {
        let path: DocumentPath
        let store: String?
        let here: String?
        let pulled: ContentHash?

        var write: DocumentWrite { DocumentWrite(path: path, before: here, after: store) }

        /// A person's lines in an index stay, and only our part becomes the store's.
        var indexWrite: DocumentWrite? {
            var after = store
            if let here, ContentHash(of: here) != pulled { after = MemoryIndex.text(here, withPartOf: store) }
            let isCurrent = after.map { ContentHash(of: $0) } == here.map { ContentHash(of: $0) }
            return isCurrent ? nil : DocumentWrite(path: path, before: here, after: after)
        }
    }
}
