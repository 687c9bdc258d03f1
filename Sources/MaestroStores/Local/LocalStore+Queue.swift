// SPDX-License-Identifier: Apache-2.0
package import Foundation
import GRDB
package import Maestro

/// The queue as people see it: pauses, lists, workers, and what is forgotten.
extension LocalStore {
    package func pause(_ pause: Pause) async throws {
        try await blocking { store in try store.ledger.write { try PauseRows.save(pause, in: $0) } }
    }

    package func resume(_ user: UserID?) async throws -> Bool {
        try await blocking { store in
            try store.ledger.write { try PauseRows.remove(user, at: store.now, in: $0) }
        }
    }

    package func pauses() async throws -> [Pause] {
        try await blocking { store in try store.ledger.read { try PauseRows.inForce(at: store.now, in: $0) } }
    }

    package func jobs(_ query: JobQuery) async throws -> [QueuedJob] {
        try await blocking { store in try store.ledger.read { try QueueRows.jobs(query, in: $0) } }
    }

    package func backlog(of user: UserID?) async throws -> Backlog {
        try await blocking { store in
            try store.ledger.read { try QueueRows.backlog(of: user, at: store.now, in: $0) }
        }
    }

    package func registerWorker() async throws {
        try await blocking { $0.presence.becomeWorker() }
    }

    package func resignWorker() async throws {
        try await blocking { $0.presence.resign() }
    }

    package func workers() async throws -> [WorkerStatus] {
        try await blocking { try $0.presence.workers().map { WorkerStatus(name: $0) } }
    }

    package func forgetActivities(endedBefore moment: Date, atMost limit: Int) async throws -> Int {
        try await blocking { store in
            // Unsynced: what a power failure brings back is forgotten an hour later.
            try store.ledger.write(.unsynced) {
                try ActivityRows.forget(endedBefore: moment, atMost: limit, in: $0)
            }
        }
    }
}
