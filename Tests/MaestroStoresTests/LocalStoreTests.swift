// SPDX-License-Identifier: Apache-2.0
import Maestro
import MaestroTesting
import Testing

@Suite(.temporaryFolder) struct `A local store` {
    @Test(arguments: StoreConformance.all)
    func `keeps the promises of every store`(_ promise: StoreConformance) async throws {
        try await promise.check(LocalBench().bench)
    }
}
