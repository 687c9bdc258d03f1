// SPDX-License-Identifier: Apache-2.0

/// Why a piece, or an edit of one, is refused.
///
/// The judge has a code for each reason.
package struct PieceRefusal: Error, Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        case notFound, lockedField, guardedField, anchorMissing, anchorAmbiguous, invalid, tooLarge, noEffect
    }

    package let reason: Reason
    /// The particulars, one sentence for people without a trailing period.
    package let message: String

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}
