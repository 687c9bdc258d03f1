// SPDX-License-Identifier: Apache-2.0

/// The piece's own rules: `piece_not_found`, `piece_locked_field`, `piece_anchor_missing`, `piece_anchor_ambiguous`,
/// `piece_invalid`, `piece_too_large`, `no_effect`; `piece_guarded_field` waits.
struct PieceEditGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard let edit = change.pieceEdit else { return .accept }
        guard let piece = change.piece else { return .reject(.pieceNotFound, "`\(edit.piece.prefix(64))`") }
        switch piece.result {
        case .success(let edited): return edited.touchesGuardedField ? .wait(.pieceGuardedField) : .accept
        case .failure(let refusal): return .reject(Self.code(of: refusal.reason), refusal.message)
        }
    }

    static func code(of reason: PieceRefusal.Reason) -> Rejection {
        switch reason {
        case .notFound: .pieceNotFound
        case .lockedField: .pieceLockedField
        case .guardedField: .pieceGuardedField
        case .anchorMissing: .pieceAnchorMissing
        case .anchorAmbiguous: .pieceAnchorAmbiguous
        case .invalid: .pieceInvalid
        case .tooLarge: .pieceTooLarge
        case .noEffect: .noEffect
        }
    }
}
