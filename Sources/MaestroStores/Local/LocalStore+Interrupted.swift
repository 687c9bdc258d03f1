// SPDX-License-Identifier: Apache-2.0
import Maestro
import struct SystemPackage.FilePath

extension LocalStore {
    package func finishInterrupted() async throws {
        // Most often there is nothing: an idle worker, asking every second, takes no lock and writes nothing.
        let users = try await blocking { store in
            try store.ledger.read { try PlanRows.usersWithUnfinished(in: store.configuration.boot, $0) }
        }
        var problem: (any Error)?
        for user in users {
            do { try await finishIfFree(user) } catch { problem = problem ?? error }
        }
        if let problem { throw problem }
    }

    /// Whoever holds the lock is at work on the plan, or finishes it first of all.
    private func finishIfFree(_ user: UserID) async throws {
        let lockFolder = folder(of: user).path.appending(".maestro")
        try await blocking { try $0.makeLockFolder(of: user) }
        do {
            try await UserLock(bound: .zero).withLock(of: user, at: lockFolder.appending("lock")) {
                try await blocking { try $0.finishPlans(of: user) }
            }
        } catch StoreError.locked {
            return
        }
    }
}
