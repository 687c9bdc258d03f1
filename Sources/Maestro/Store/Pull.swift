// SPDX-License-Identifier: Apache-2.0

/// What becomes of one document of a folder when the store's are pulled into it.
package enum Pull: Hashable, Sendable, CaseIterable {
    /// What stands here is what the store has.
    case current
    case write, remove
    /// It was edited, added or removed here and not sent yet; the store has what was pulled.
    case unsent
    /// A text that was not sent yet stands where the store has another one, or none any more.
    case inTheWay

    /// Nil: there was, or is, no such document.
    package init(pulled: ContentHash?, here: ContentHash?, store: ContentHash?) {
        self =
            if here == store {
                .current
            } else if here == pulled {
                store == nil ? .remove : .write
            } else if store == pulled {
                .unsent
            } else {
                // Removed here and changed there: no text is lost when it comes back.
                here == nil ? .write : .inTheWay
            }
    }
}
