// SPDX-License-Identifier: Apache-2.0

/// Why nothing of one group was sent.
package struct PushBlocked: Error, Hashable, Sendable {
    /// A document that was edited here and changed in the store.
    package struct Conflict: Hashable, Sendable {
        package let path: DocumentPath
        /// Nil: it was removed here.
        package let here: String?
        /// Nil: it was removed there.
        package let store: String?

        /// From the store's text to the one that stands here, with file headers.
        package var diff: String {
            let name = path.relative
            return UnifiedDiff(from: store ?? "", to: here ?? "")
                .text(from: store == nil ? nil : "store/\(name)", to: here == nil ? nil : "here/\(name)")
        }

        /// One sentence for people, without a trailing period.
        package var sentence: String {
            switch (here, store) {
            case (nil, _): "`\(path.relative)` was removed here and changed in the store"
            case (_, nil): "`\(path.relative)` was edited here and removed in the store"
            default: "`\(path.relative)` was edited here and in the store, differently"
            }
        }
    }

    /// A document that the store may not have as it stands here.
    package struct Refusal: Hashable, Sendable {
        package let path: DocumentPath
        package let code: Rejection?
        /// One sentence for people, without a trailing period.
        package let message: String
    }

    package let place: PushedGroup.Place
    package var conflicts: [Conflict] = []
    package var refusals: [Refusal] = []

    package init(place: PushedGroup.Place) { self.place = place }

    /// Adds what was not accepted; all refusals are in the order of their paths afterwards.
    mutating func refuse(_ decisions: some Sequence<(DocumentPath, Decision)>) {
        for (path, decision) in decisions where decision.verdict != .accepted {
            refusals.append(Refusal(path: path, code: decision.code, message: decision.message))
        }
        refusals.sort { $0.path.relative < $1.path.relative }
    }
}
