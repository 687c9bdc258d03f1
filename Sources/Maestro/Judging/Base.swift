// SPDX-License-Identifier: Apache-2.0

/// What a reply was built from: stored with it, and what it is judged against whenever that happens.
package struct Base: Hashable, Sendable, Codable {
    /// One entry that the model saw.
    package struct Shown: Hashable, Sendable, Codable {
        package var path: DocumentPath
        package var hash: ContentHash
        package var meaning: ContentHash
        /// False: only its description was shown.
        package var inFull: Bool

        package init(path: DocumentPath, hash: ContentHash, meaning: ContentHash, inFull: Bool) {
            self.path = path
            self.hash = hash
            self.meaning = meaning
            self.inFull = inFull
        }
    }

    package var shown: [Shown]
    /// The piece that the job followed and the hash of its text; nil for none.
    package var piece: String?
    package var pieceHash: ContentHash?
    /// Numbers of the events that may be cited; nil: all (the offline reflector sees the whole activity).
    package var citable: Set<Int>?

    package init(shown: [Shown] = [], piece: String? = nil, pieceHash: ContentHash? = nil, citable: Set<Int>? = nil) {
        self.shown = shown
        self.piece = piece
        self.pieceHash = pieceHash
        self.citable = citable
    }

    package func shown(at path: DocumentPath) -> Shown? { shown.first { $0.path == path } }
}
