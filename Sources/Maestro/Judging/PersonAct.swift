// SPDX-License-Identifier: Apache-2.0

/// Something a person does to their own memory or pieces, in their own words.
///
/// Applied without provenance or review, but never a secret, hidden characters, or a file that does not parse.
package enum PersonAct: Hashable, Sendable {
    /// Keep this text as an entry; its name and description are made from it.
    case remember(String, type: EntryType = .feedback)
    case forget(EntryName)
    /// Replace the whole file of an entry.
    case editEntry(EntryName, text: String)
    case removeEntry(EntryName)
    /// Make this YAML the user's own copy of a piece.
    case editPiece(PieceName, text: String)
    /// Remove the user's own copy: the builtin piece holds again.
    case resetPiece(PieceName)

    /// What happens, as one decision on the state of this moment.
    ///
    /// The same values give the same judgement.
    package func judgement(on now: UserState, policy: JudgePolicy = JudgePolicy()) -> Judgement {
        Judgement(reasoning: "", decisions: [decision(on: now, policy: policy)])
    }

    package func decision(on now: UserState, policy: JudgePolicy = JudgePolicy()) -> Decision {
        switch self {
        case .remember(let text, let type): RememberedText(text, type: type).decision(on: now, policy: policy)
        case .forget(let name), .removeEntry(let name): Self.removal(of: name, on: now)
        case .editEntry(let name, let text): Self.edit(of: name, to: text, on: now, policy: policy)
        case .editPiece(let name, let text): Self.edit(of: name, to: text, on: now)
        case .resetPiece(let name): Self.reset(of: name, on: now)
        }
    }

    private static func removal(of name: EntryName, on now: UserState) -> Decision {
        guard let entry = now.entry(named: name) else {
            return .refused(.remove, name.rawValue, .unknownEntry, "`\(name)`")
        }
        let write = DocumentWrite(path: entry.path, before: entry.document.text, after: nil)
        return .done(.remove, entry.name.rawValue, entry.scope, "removes `\(entry.name)` (\(entry.scope))", [write])
    }

    private static func edit(of name: EntryName, to text: String, on now: UserState, policy: JudgePolicy) -> Decision {
        guard let entry = now.entry(named: name) else {
            return .refused(.update, name.rawValue, .unknownEntry, "`\(name)`")
        }
        if text == entry.document.text { return .refused(.update, entry.name.rawValue, .noEffect, "") }
        if let problem = OwnWords.problem(inEntry: text, policy: policy) {
            return .refused(.update, entry.name.rawValue, problem.code, problem.particulars)
        }
        let write = DocumentWrite(path: entry.path, before: entry.document.text, after: text)
        return .done(.update, entry.name.rawValue, entry.scope, "updates `\(entry.name)` (\(entry.scope))", [write])
    }

    private static func edit(of name: PieceName, to text: String, on now: UserState) -> Decision {
        let own = now.pieces.ownCopy(named: name)?.text
        if text == own { return .refused(.pieceEdit, name.rawValue, .noEffect, "") }
        if let problem = OwnWords.problem(inPiece: text, named: name) {
            return .refused(.pieceEdit, name.rawValue, problem.code, problem.particulars)
        }
        let write = DocumentWrite(path: .piece(name), before: own, after: text)
        return .done(.pieceEdit, name.rawValue, nil, "edits the piece `\(name)`", [write])
    }

    private static func reset(of name: PieceName, on now: UserState) -> Decision {
        guard let own = now.pieces.ownCopy(named: name) else {
            let code: Rejection = now.pieces.builtin[name] == nil ? .pieceNotFound : .noEffect
            return .refused(.pieceEdit, name.rawValue, code, "there is no own copy of `\(name)`")
        }
        let after = now.pieces.builtin[name] == nil ? "the piece is gone" : "the builtin one holds again"
        let write = DocumentWrite(path: .piece(name), before: own.text, after: nil)
        return .done(.pieceEdit, name.rawValue, nil, "removes the own copy of `\(name)`: \(after)", [write])
    }
}

extension Decision {
    static func refused(
        _ operation: Change.Operation,
        _ name: String,
        _ code: Rejection,
        _ particulars: String
    ) -> Decision {
        Decision(
            ordinal: 1,
            operation: operation,
            name: ModelWords.harmless(name),
            verdict: .rejected,
            code: code,
            message: particulars.isEmpty ? code.sentence : "\(code.sentence): \(particulars)"
        )
    }

    static func done(
        _ operation: Change.Operation,
        _ name: String,
        _ scope: Scope?,
        _ message: String,
        _ writes: [DocumentWrite]
    ) -> Decision {
        Decision(
            ordinal: 1,
            operation: operation,
            name: name,
            scope: scope,
            verdict: .accepted,
            message: message,
            writes: writes
        )
    }
}
