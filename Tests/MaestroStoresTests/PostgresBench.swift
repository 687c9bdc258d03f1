// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting

/// An empty schema of one test, and stores opened on it.
struct PostgresBench: Sendable {
    let url: PostgresURL
    let clock = ManualClock()

    init() async throws { url = PostgresURL(try await PostgresServer.shared.value.makeURL()) }

    var bench: StoreBench {
        StoreBench(clock: clock) { try await open() }
    }

    /// Where the server's socket lies.
    var folder: String {
        let host = url.text.firstRange(of: "host=").map { url.text[$0.upperBound...] } ?? ""
        return String(host.prefix { $0 != "&" })
    }

    func open(
        storeLlmRaw: Bool = false,
        through wire: CutWire? = nil,
        notifies: Bool = true,
        repeatBound: Duration? = nil
    ) async throws -> PostgresStore {
        let url = wire.map { PostgresURL(self.url.text.replacing(folder, with: $0.folder)) } ?? url
        var configuration = PostgresStore.Configuration(url: url, storeLlmRaw: storeLlmRaw, connections: 4)
        configuration.notifies = notifies
        if let repeatBound { configuration.repeatBound = repeatBound }
        configuration.now = { [clock] in clock.now }
        return try await PostgresStore.open(configuration)
    }

    func pool(_ change: (inout ConnectionPool.Configuration) -> Void = { _ in }) -> ConnectionPool {
        var configuration = ConnectionPool.Configuration(url: url)
        change(&configuration)
        return ConnectionPool(configuration)
    }
}
#endif
