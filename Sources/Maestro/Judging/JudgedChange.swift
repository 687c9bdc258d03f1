// SPDX-License-Identifier: Apache-2.0

/// One proposed change, laid against the state of this moment: what it is about, and what would be written.
struct JudgedChange: Sendable {
    let proposed: ProposedChange
    /// As it is judged: an add that says what an entry says already is a `confirm`.
    let operation: Change.Operation
    /// The proposed change of memory; nil for a piece edit.
    let memory: MemoryChange?
    /// The proposed edit of a piece; nil for a change of memory.
    let pieceEdit: PieceEdit?
    /// The stem of the entry, with its type in front where an add left that out; nil where it is not legal.
    let name: EntryName?
    let scope: Scope?
    /// The entry that is changed, removed or said again; nil for an add and where there is none.
    let entry: MemoryEntry?
    /// What the entry is folded into; nil where there is none.
    let target: MemoryEntry?
    /// The reply was shown an entry of this name, which is not there any more.
    let isEntryGone: Bool
    /// The same for `target`.
    let isTargetGone: Bool
    /// What it rests on; nil where the activity is not kept any more.
    let evidence: CitedEvidence?
    /// The piece with the edit applied, or why that cannot be; nil for changes of memory and where there is no piece.
    let piece: EditedDocument?

    /// A piece's text before and after an edit.
    struct EditedDocument: Sendable {
        let name: PieceName
        /// The user's own copy; nil where only the builtin piece exists.
        let own: String?
        let result: Result<EditedPiece, PieceRefusal>
    }

    /// The entry or piece as people know it.
    var title: String { name?.rawValue ?? proposed.change.name }
    var isMerge: Bool { operation == .remove && memory?.mergeTarget != nil }

    /// The documents it touches; two changes of one reply may not share any.
    var paths: [DocumentPath] {
        if let piece { return [.piece(piece.name)] }
        if operation == .add, let name, let scope { return [.entry(scope, stem: name)] }
        return [entry, target].compactMap { $0?.path }
    }

    /// The new entry of an add.
    var addition: (memory: MemoryChange, scope: Scope)? {
        guard operation == .add, let memory, let scope else { return nil }
        return (memory, scope)
    }

    /// Every text a model wrote that would be kept, with the name of its field.
    var texts: [(field: String, text: String)] {
        if let memory {
            return [("name", memory.name), ("description", memory.description), ("body", memory.body)]
                + (memory.mergeTarget.map { [("merge_target", $0)] } ?? [])
        }
        guard let pieceEdit else { return [] }
        return [("why", pieceEdit.why)]
            + pieceEdit.edits.flatMap { [("field", $0.field), ("old", $0.old), ("new", $0.new)] }
    }
}

extension JudgedChange {
    init(_ proposed: ProposedChange, in context: GuardContext) {
        switch proposed.change {
        case .memory(let change): self.init(proposed, change, in: context)
        case .piece(let edit):
            self.init(proposed, in: context, piece: Self.edited(by: edit, in: context.now.pieces))
        }
    }

    /// An edit of a piece that has been applied to its text.
    init(_ proposed: ProposedChange, in context: GuardContext, piece: EditedDocument?) {
        self.proposed = proposed
        operation = .pieceEdit
        memory = nil
        pieceEdit = if case .piece(let edit) = proposed.change { edit } else { nil }
        name = nil
        scope = nil
        entry = nil
        target = nil
        isEntryGone = false
        isTargetGone = false
        evidence = context.evidence(of: proposed, entries: [])
        self.piece = piece
    }

    private static func edited(by edit: PieceEdit, in pieces: PieceCatalog) -> EditedDocument? {
        guard let name = PieceName(edit.piece) else { return nil }
        let own = pieces.ownCopy(named: name)?.text
        // The own copy of a builtin piece remembers what it was copied from.
        guard let text = pieces.textForEditing(named: edit.piece) else { return nil }
        do throws(PieceRefusal) {
            return EditedDocument(name: name, own: own, result: .success(try edit.applied(to: text)))
        } catch {
            return EditedDocument(name: name, own: own, result: .failure(error))
        }
    }

    private init(_ proposed: ProposedChange, _ change: MemoryChange, in context: GuardContext) {
        self.proposed = proposed
        memory = change
        pieceEdit = nil
        piece = nil
        if change.operation == .add {
            let said = context.entry(saying: change)
            operation = said == nil ? .add : .confirm
            entry = said
            name = said?.name ?? Self.newName(of: change)
            scope = said?.scope ?? context.scope(ofNew: change.type ?? .project)
            target = nil
            isEntryGone = false
            isTargetGone = false
        } else {
            let found = context.entry(named: change.name)
            let folded = change.operation == .remove ? change.mergeTarget.map { context.entry(named: $0) } : nil
            operation = change.operation
            entry = found.entry
            name = found.entry?.name ?? EntryName(change.name)
            scope = found.entry?.scope
            target = folded?.entry
            isEntryGone = found.isGone
            isTargetGone = folded?.isGone ?? false
        }
        evidence = context.evidence(of: proposed, entries: [entry, target].compactMap { $0 })
    }

    /// The name of a new entry: its type stands in front.
    private static func newName(of change: MemoryChange) -> EntryName? {
        guard let name = EntryName(change.name), let type = change.type else { return EntryName(change.name) }
        let folded = name.folded
        if folded.hasPrefix("\(type.rawValue)-") || folded.hasPrefix("\(type.rawValue)_") { return name }
        var text = String("\(type.rawValue)-\(name)".prefix(64))
        while text.last == "-" || text.last == "." { text.removeLast() }
        return EntryName(text)
    }
}

extension JudgedChange {
    /// What is written when the change is accepted.
    var writes: [DocumentWrite] {
        switch operation {
        case .add: [newFile].compactMap { $0 }
        case .update: [rewrite(of: entry)].compactMap { $0 }
        case .remove: removal + (isMerge ? [rewrite(of: target)].compactMap { $0 } : [])
        case .pieceEdit: [pieceWrite].compactMap { $0 }
        case .confirm, .revert: []
        }
    }

    private var newFile: DocumentWrite? {
        guard let memory, let type = memory.type, let name, let scope else { return nil }
        let text = EntryFile.text(name: name, type: type, description: memory.description, body: memory.body)
        return DocumentWrite(path: .entry(scope, stem: name), before: nil, after: text)
    }

    private var removal: [DocumentWrite] {
        entry.map { [DocumentWrite(path: $0.path, before: $0.document.text, after: nil)] } ?? []
    }

    /// Nil where nothing would change.
    private func rewrite(of entry: MemoryEntry?) -> DocumentWrite? {
        guard let memory, let entry else { return nil }
        let after = EntryFile(text: entry.document.text).updating(
            type: memory.type,
            description: memory.description.isEmpty ? nil : memory.description,
            body: memory.body.isEmpty ? nil : memory.body
        )
        guard after != entry.document.text else { return nil }
        return DocumentWrite(path: entry.path, before: entry.document.text, after: after)
    }

    private var pieceWrite: DocumentWrite? {
        guard let piece, case .success(let edited) = piece.result else { return nil }
        return DocumentWrite(path: .piece(piece.name), before: piece.own, after: edited.text)
    }
}
