// SPDX-License-Identifier: Apache-2.0

/// A store as it is written by a copy.
package protocol StoreImport: StoreExport {
    /// Keeps workers from claiming anything here until ``release()``, also where the copy is cut short.
    ///
    /// Doing it twice changes nothing.
    func holdBack() async throws
    func release() async throws

    /// Adds records of one kind, all or none (documents in the embedded store: one after the other); what is there by its
    /// key is left as it is.
    ///
    /// Durable when it returns.
    func add(_ records: [CopyRecord]) async throws

    /// Makes what is derived of the records: files of the index, snapshots.
    ///
    /// Doing it twice changes nothing. `observe` is told the number of users done.
    func complete(_ observe: @Sendable (Int) -> Void) async throws
}
