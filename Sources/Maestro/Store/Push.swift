// SPDX-License-Identifier: Apache-2.0

/// What becomes of one document when the edits of a pulled folder are sent back.
///
/// Decided by hashes alone: a text that was changed and changed back is the text that was pulled, whatever its version.
package enum Push: Hashable, Sendable, CaseIterable {
    /// Nobody edited it here, whatever the store has now.
    case unchanged
    case add, update, remove
    /// The store has what stands here: it was sent before, or someone did the same there.
    case alreadyThere
    /// It was edited here and changed in the store: nobody's text may go.
    case conflict

    /// Nil: there was, or is, no such document.
    package init(pulled: ContentHash?, here: ContentHash?, store: ContentHash?) {
        self =
            if here == pulled {
                .unchanged
            } else if here == store {
                .alreadyThere
            } else if store != pulled {
                .conflict
            } else if here == nil {
                .remove
            } else {
                pulled == nil ? .add : .update
            }
    }
}
