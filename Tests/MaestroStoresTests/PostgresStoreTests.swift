// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Maestro
import MaestroStores
import MaestroTesting
import Testing

@Suite(.enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)))
struct `A store on PostgreSQL` {
    @Test(arguments: StoreConformance.all)
    func `keeps the promises of every store`(_ promise: StoreConformance) async throws {
        try await promise.check(PostgresBench().bench)
    }
}
#endif
