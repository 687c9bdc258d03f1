// SPDX-License-Identifier: Apache-2.0

/// What was edited in one memory folder of a pulled folder, or among its pieces: sent all together or not at all.
package struct PushedGroup: Sendable {
    package enum Place: Hashable, Sendable {
        case memory(Scope)
        case pieces

        package init(of path: DocumentPath) { self = path.scope.map { .memory($0) } ?? .pieces }

        /// The folder below the user's.
        package var folder: String {
            switch self {
            case .memory(let scope): DocumentPath.folder(of: scope)
            case .pieces: "pieces"
            }
        }

        /// The scope that its commit is in.
        package var scope: Scope {
            if case .memory(let scope) = self { scope } else { .global }
        }
    }

    /// One document that stands here as it was not pulled.
    package struct Item: Hashable, Sendable {
        package let path: DocumentPath
        /// Nil: it was not pulled.
        package let pulled: PulledManifest.Fact?
        /// Nil: it does not stand here any more.
        package let here: FolderText?
    }

    package let place: Place
    /// In the order of their paths.
    package let items: [Item]

    /// All edits of a folder, by group, in the order of their folders.
    ///
    /// Index files are the store's own business.
    package static func all(
        in here: [DocumentPath: FolderText],
        pulled: [DocumentPath: PulledManifest.Fact]
    ) -> [PushedGroup] {
        var items: [Place: [Item]] = [:]
        for path in Set(here.keys).union(pulled.keys).sorted(by: { $0.relative < $1.relative }) {
            if case .index = path { continue }
            let item = Item(path: path, pulled: pulled[path], here: here[path])
            if item.isEdited { items[Place(of: path), default: []].append(item) }
        }
        return items.map { PushedGroup(place: $0, items: $1) }.sorted { $0.place.folder < $1.place.folder }
    }

    /// What is to be sent, on the state of this moment; nil where the store has all of it already.
    ///
    /// - Throws: ``PushBlocked`` where any of it is a conflict or is refused: then nothing of the group is sent.
    package func judgement(on now: UserState, policy: JudgePolicy) throws(PushBlocked) -> Judgement? {
        var blocked = PushBlocked(place: place)
        var sent: [Item] = []
        for item in items {
            if let problem = item.here?.problem {
                blocked.refusals.append(.init(path: item.path, code: .entryUnreadable, message: problem))
                continue
            }
            let stored = now.text(at: item.path)
            switch item.push(onto: stored) {
            case .unchanged, .alreadyThere: continue
            case .conflict: blocked.conflicts.append(.init(path: item.path, here: item.here?.text, store: stored))
            case .add, .update, .remove: sent.append(item)
            }
        }
        let edits = DocumentEdits(sent.map { .init(path: $0.path, text: $0.here?.text) })
        let judgement = edits.judgement(on: now, policy: policy)
        blocked.refuse(zip(sent.map(\.path), judgement.decisions))
        guard blocked.conflicts.isEmpty, blocked.refusals.isEmpty else { throw blocked }
        return sent.isEmpty ? nil : judgement
    }
}

extension PushedGroup.Item {
    fileprivate var isEdited: Bool {
        guard case .unreadable = here else { return here?.text.map { ContentHash(of: $0) } != pulled?.hash }
        return true
    }

    /// What becomes of it where the store has `text`; nil: nothing.
    package func push(onto text: String?) -> Push {
        Push(
            pulled: pulled?.hash,
            here: here?.text.map { ContentHash(of: $0) },
            store: text.map { ContentHash(of: $0) }
        )
    }
}
