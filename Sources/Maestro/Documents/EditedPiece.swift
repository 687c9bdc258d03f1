// SPDX-License-Identifier: Apache-2.0

/// A piece after an edit.
package struct EditedPiece: Hashable, Sendable {
    package let text: String
    /// A guarded field was touched: a person decides even in automatic mode.
    package let touchesGuardedField: Bool

    package init(text: String, touchesGuardedField: Bool) {
        self.text = text
        self.touchesGuardedField = touchesGuardedField
    }
}
