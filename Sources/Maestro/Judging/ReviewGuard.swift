// SPDX-License-Identifier: Apache-2.0

/// `needs_review`: what a person decides about by its kind: edits of pieces, changes that their reflector is not sure
/// of, and in `review` mode everything that changes a text.
struct ReviewGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        if change.pieceEdit != nil { return .wait(.needsReview, "edits of pieces") }
        if change.operation == .confirm { return .accept }
        if change.proposed.isTentative { return .wait(.needsReview, "the reflector is not sure of it") }
        return context.policy.mode == .review ? .wait(.needsReview, "`reflection.mode` is `review`") : .accept
    }
}
