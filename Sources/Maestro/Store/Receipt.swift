// SPDX-License-Identifier: Apache-2.0

/// What a commit did: the row of history, every decision, and where the snapshot lies.
package struct Receipt: Sendable {
    package var reflection: Reflection
    package var decisions: [Decision]
    /// The snapshot's folder as an absolute path; nil where nothing was written to disk.
    package var snapshot: String?
    /// The commit had happened before this call, which changed nothing.
    package var wasDoneBefore: Bool
    /// The reply was kept from an earlier try: nobody was asked this time.
    package var replyWasKept = false
    /// Documents that a person edited in the instant of the commit: theirs stayed, ours is in history.
    package var superseded: [DocumentPath]

    package init(
        reflection: Reflection,
        decisions: [Decision],
        snapshot: String? = nil,
        wasDoneBefore: Bool = false,
        superseded: [DocumentPath] = []
    ) {
        self.reflection = reflection
        self.decisions = decisions
        self.snapshot = snapshot
        self.wasDoneBefore = wasDoneBefore
        self.superseded = superseded
    }
}
