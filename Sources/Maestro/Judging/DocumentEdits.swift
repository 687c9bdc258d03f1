// SPDX-License-Identifier: Apache-2.0

/// What a person did to whole documents, each at its place, as one set: what `push` sends.
///
/// Applied without provenance or review, like any other ``PersonAct``.
///
/// Who wrote into the folder is not known, though: what is locked in a piece stays as it is.
package struct DocumentEdits: Hashable, Sendable {
    package struct Edit: Hashable, Sendable {
        package let path: DocumentPath
        /// The whole new text; nil: the document is removed.
        package let text: String?

        package init(path: DocumentPath, text: String?) {
            self.path = path
            self.text = text
        }
    }

    package let edits: [Edit]

    package init(_ edits: [Edit]) { self.edits = edits }

    /// One decision an edit, in their order, on the state of this moment.
    package func judgement(on now: UserState, policy: JudgePolicy = JudgePolicy()) -> Judgement {
        var folders = Folders(of: now, without: edits.filter { $0.text == nil }.map(\.path), policy)
        var decisions: [Decision] = []
        for edit in edits {
            var decision = Self.decision(about: edit, on: now, policy, &folders)
            decision.ordinal = decisions.count + 1
            decisions.append(decision)
        }
        return Judgement(reasoning: "edits of a pulled folder", decisions: decisions)
    }

    private static func decision(
        about edit: Edit,
        on now: UserState,
        _ policy: JudgePolicy,
        _ folders: inout Folders
    ) -> Decision {
        let write = DocumentWrite(path: edit.path, before: now.text(at: edit.path), after: edit.text)
        let (operation, verb) = words(for: write)
        let problem =
            switch edit.path {
            case .entry(let scope, let stem):
                problem(inEntry: write, policy) ?? (operation == .add ? folders.adding(stem, to: scope) : nil)
            case .piece(let name): problem(inPiece: name, write, builtin: now.pieces.builtin[name])
            case .index: (Rejection.invalidName, "the store keeps the index itself")
            }
        if let problem { return .refused(operation, edit.path.name, problem.code, problem.particulars) }
        let place = edit.path.scope.map { " (\($0))" } ?? ""
        return .done(operation, edit.path.name, edit.path.scope, "\(verb) `\(edit.path.name)`\(place)", [write])
    }

    private static func words(for write: DocumentWrite) -> (operation: Change.Operation, verb: String) {
        if case .piece = write.path {
            return (.pieceEdit, write.after == nil ? "removes the own copy of the piece" : "edits the piece")
        }
        if write.before == nil { return (.add, "adds") }
        return write.after == nil ? (.remove, "removes") : (.update, "updates")
    }

    private static func problem(inEntry write: DocumentWrite, _ policy: JudgePolicy) -> OwnWords.Problem? {
        guard let text = write.after else { return nil }
        return OwnWords.problem(inEntry: text, policy: policy)
    }

    private static func problem(
        inPiece name: PieceName,
        _ write: DocumentWrite,
        builtin: String?
    ) -> OwnWords.Problem? {
        if let text = write.after, let problem = OwnWords.problem(inPiece: text, named: name) { return problem }
        guard let before = write.before ?? builtin, let after = write.after ?? builtin,
            !hasSameLockedFields(before, after)
        else { return nil }
        return (
            .pieceLockedField, "`maestro piece edit \(name) --file FILE` changes it, or `maestro piece reset \(name)`"
        )
    }

    /// One that is not valid runs nothing: whatever mends it is welcome.
    private static func hasSameLockedFields(_ before: String, _ after: String) -> Bool {
        do throws(PieceRefusal) { return try Piece.locked(in: before) == Piece.locked(in: after) } catch { return true }
    }

    /// Names in each memory folder, as the edits before have left it.
    private struct Folders {
        private var names: [Scope: [String: EntryName]] = [:]
        private let maxEntries: Int

        init(of now: UserState, without removed: [DocumentPath], _ policy: JudgePolicy) {
            let removed = Set(removed)
            for entry in now.entries where !removed.contains(entry.path) {
                names[entry.scope, default: [:]][entry.name.folded] = entry.name
            }
            maxEntries = policy.maxEntries
        }

        /// Why there can be no entry of this name; nil: there is one now.
        mutating func adding(_ name: EntryName, to scope: Scope) -> OwnWords.Problem? {
            let folder = names[scope] ?? [:]
            if let taken = folder[name.folded] { return (.alreadyExists, "`\(taken)`") }
            guard folder.count < maxEntries else {
                return (.entryLimit, "\(folder.count) of at most \(maxEntries)")
            }
            names[scope, default: [:]][name.folded] = name
            return nil
        }
    }
}
