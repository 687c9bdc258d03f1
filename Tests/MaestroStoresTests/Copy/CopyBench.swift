// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// One of the two stores as the end of a copy.
struct CopyBench: Sendable {
    enum Form: String, Sendable, CaseIterable { case local, postgres }

    let bench: StoreBench
    let open: @Sendable () async throws -> any StoreImport

    /// `name` is that of a local store's folder.
    static func make(_ form: Form, _ name: String) async throws -> CopyBench {
        switch form {
        case .local:
            let local = LocalBench(data: TemporaryFolder.path.appending(name))
            return CopyBench(bench: local.bench) { LocalCopy(try await local.open()) }
        case .postgres:
            let postgres = try await PostgresBench()
            return CopyBench(bench: postgres.bench) { PostgresCopy(try await postgres.open()) }
        }
    }

    func inventory() async throws -> CopyInventory {
        let end = try await open()
        return try await StoreCopy(from: end, to: end).inventory(of: end)
    }
}
#endif
