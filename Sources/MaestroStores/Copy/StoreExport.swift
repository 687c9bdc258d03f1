// SPDX-License-Identifier: Apache-2.0
package import Maestro

/// A store as it is read for a copy: records of every kind, in the order of their keys.
package protocol StoreExport: Sendable {
    /// The store that is read.
    var store: any Store { get }
    /// Where it is, for people; without a password.
    var place: String { get }

    /// A text that only this store has, by whatever address it was opened.
    func identity() async throws -> String

    /// Brings to an end what processes that died left: commits, and jobs whose holder is gone.
    ///
    /// As the next worker would; doing it twice changes nothing.
    /// - Throws: ``StoreError/locked(_:)`` where a living process is at work on a commit.
    func settle() async throws

    /// The jobs that somebody works on at this moment.
    func liveClaims() async throws -> [LiveClaim]

    /// Whether a copy into this store has begun and not come to its end.
    func isHeldBack() async throws -> Bool

    /// The records that follow `key`, in order, at most one page; none: there are no more.
    func records(_ kind: CopyKind, after key: CopyKey?, _ page: CopyPage) async throws -> [CopyRecord]

    /// What lies beside the documents and history and is not copied, one place a line.
    func leftovers() async throws -> [String]
}

extension StoreExport {
    package func leftovers() async throws -> [String] { [] }
}
