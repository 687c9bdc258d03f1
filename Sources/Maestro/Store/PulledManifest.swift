// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// What a pulled folder was made from: `.maestro/pulled.json`.
///
/// Holds nothing of the store itself, neither its kind nor its address: edits go to whatever store has the user.
package struct PulledManifest: Hashable, Sendable {
    /// One document as it was pulled.
    package struct Fact: Hashable, Sendable {
        /// Nil where the store numbers none.
        package var version: Int?
        package var hash: ContentHash

        package init(version: Int?, hash: ContentHash) {
            self.version = version
            self.hash = hash
        }

        package init(_ document: StoredDocument) {
            self.init(version: document.version, hash: document.hash)
        }
    }

    package var user: UserID
    /// When a pull changed the folder last.
    package var pulledAt: Date
    package var documents: [DocumentPath: Fact]
    /// What a pull that is under way, or was cut off, makes of ``documents``.
    package var unfinished: [DocumentPath: Fact]?

    package init(
        user: UserID,
        pulledAt: Date,
        documents: [DocumentPath: Fact] = [:],
        unfinished: [DocumentPath: Fact]? = nil
    ) {
        self.user = user
        self.pulledAt = pulledAt
        self.documents = documents
        self.unfinished = unfinished
    }

    /// The scopes it knows: of a long project key the folder's name does not tell.
    package var scopes: Set<Scope> {
        Set((Array(documents.keys) + Array((unfinished ?? [:]).keys)).compactMap(\.scope))
    }

    /// As it is with a pull that was cut off: what stands here as that pull was to write it counts as pulled.
    package func settled(beside here: [DocumentPath: ContentHash]) -> PulledManifest {
        guard let unfinished else { return self }
        var settled = self
        settled.unfinished = nil
        for path in Set(documents.keys).union(unfinished.keys) where here[path] == unfinished[path]?.hash {
            settled.documents[path] = unfinished[path]
        }
        return settled
    }
}
