// SPDX-License-Identifier: Apache-2.0
import Maestro
@testable import MaestroStores
import Synchronization

/// A destination whose process dies after so many batches, or while somebody meddles with the source.
final class MortalImport: StoreImport {
    struct Death: Error {}

    let end: any StoreImport
    private let left: Mutex<Int>

    private let meddle: @Sendable () async throws -> Void

    init(end: any StoreImport, batches: Int = .max, meddle: @escaping @Sendable () async throws -> Void = {}) {
        self.end = end
        self.meddle = meddle
        left = Mutex(batches)
    }

    var store: any Store { end.store }
    var place: String { end.place }
    func identity() async throws -> String { try await end.identity() }
    func settle() async throws { try await end.settle() }
    func liveClaims() async throws -> [LiveClaim] { try await end.liveClaims() }
    func isHeldBack() async throws -> Bool { try await end.isHeldBack() }
    func records(_ kind: CopyKind, after key: CopyKey?, _ page: CopyPage) async throws -> [CopyRecord] {
        try await end.records(kind, after: key, page)
    }
    func holdBack() async throws { try await end.holdBack() }
    func release() async throws { try await end.release() }
    func complete(_ observe: @Sendable (Int) -> Void) async throws {
        try await end.complete(observe)
        try await meddle()
    }

    func add(_ records: [CopyRecord]) async throws {
        let isAlive = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isAlive else { throw Death() }
        try await end.add(records)
    }
}
