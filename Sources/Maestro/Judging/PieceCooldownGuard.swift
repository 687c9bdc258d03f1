// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `piece_cooldown`: a piece that a reflection edited a short while ago rests; the edit waits instead of being lost.
struct PieceCooldownGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard let piece = change.piece, let last = context.now.pieceEdits[piece.name.rawValue] else { return .accept }
        let hours = context.policy.pieceEditCooldownHours
        guard context.now.moment.timeIntervalSince(last) < Double(hours) * 3600 else { return .accept }
        return .wait(.pieceCooldown, "one edit in \(hours) hours")
    }
}
