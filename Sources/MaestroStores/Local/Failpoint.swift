// SPDX-License-Identifier: Apache-2.0

/// The moments of a commit at which a process may die.
///
/// Tests throw there and then open the folder anew; a real crash leaves the same behind.
package enum Failpoint: String, Sendable, CaseIterable {
    /// Decided, nothing written.
    case beforeTransaction
    /// Rows written, not committed.
    case insideTransaction
    /// The commit point has passed; no file was touched.
    case afterTransaction
    /// Before an operation; hit once for each.
    case beforeOperation
    /// The new text lies beside its target, or the target is about to be taken away.
    case readyToExchange
    /// Exchanged or renamed; what came out is not looked at yet.
    case exchanged
    /// The operation is complete.
    case afterOperation
    /// All folders are durable.
    case foldersSynced
    /// The snapshot is complete under its temporary name.
    case snapshotWritten
    /// The snapshot has its name.
    case snapshotPlaced
    /// The line stands in the index.
    case indexAppended
    /// All done; only the receipt is missing.
    case planMarked
}
