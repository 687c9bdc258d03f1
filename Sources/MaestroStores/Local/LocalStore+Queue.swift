// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB
package import Maestro

// STUB: replaced by the queue work.
extension LocalStore {
    package func claim(upTo limit: Int) async throws -> [Claim] { throw StoreError.wrongState("stub") }
    package func postpone(_ claim: Claim, _ postponement: Postponement) async throws {
        throw StoreError.wrongState("stub")
    }
    package func retry(_ job: Job.ID, of user: UserID) async throws { throw StoreError.wrongState("stub") }
    package func cancel(_ job: Job.ID, of user: UserID) async throws { throw StoreError.wrongState("stub") }
    package func pause(_ pause: Pause) async throws { throw StoreError.wrongState("stub") }
    package func resume(_ user: UserID?) async throws -> Bool { throw StoreError.wrongState("stub") }
    package func pauses() async throws -> [Pause] { throw StoreError.wrongState("stub") }
    package func jobs(_ query: JobQuery) async throws -> [QueuedJob] { throw StoreError.wrongState("stub") }
    package func backlog(of user: UserID?) async throws -> Backlog { throw StoreError.wrongState("stub") }
    package func registerWorker() async throws { throw StoreError.wrongState("stub") }
    package func workers() async throws -> [WorkerStatus] { throw StoreError.wrongState("stub") }
    package func forgetActivities(endedBefore moment: Date, atMost limit: Int) async throws -> Int {
        throw StoreError.wrongState("stub")
    }
}
