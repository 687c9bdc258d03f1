// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// One document as a commit left it.
package struct AppliedOperation: Hashable, Sendable, Codable {
    package var change: ChangeID
    package var write: DocumentWrite
    /// A person's edit in the same instant won; this was never live.
    package var isSuperseded: Bool
    package var at: Date

    package init(change: ChangeID, write: DocumentWrite, isSuperseded: Bool, at: Date) {
        self.change = change
        self.write = write
        self.isSuperseded = isSuperseded
        self.at = at
    }
}
