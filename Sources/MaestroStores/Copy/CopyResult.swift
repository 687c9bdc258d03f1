// SPDX-License-Identifier: Apache-2.0

/// What a copy did and what both stores hold now.
package struct CopyResult: Hashable, Sendable {
    /// Records that were added, by kind.
    package var copied: [CopyKind: Int] = [:]
    package var comparison: CopyComparison
    /// What lies beside the documents of the source and was not copied.
    package var leftovers: [String]
    /// Whether workers claim nothing at the destination because the source was paused.
    package var isPaused: Bool
}
