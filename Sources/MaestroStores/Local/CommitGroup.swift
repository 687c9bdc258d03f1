// SPDX-License-Identifier: Apache-2.0
import GRDB
import Synchronization

/// Writes that share a transaction.
enum CommitGroup {
    /// One write: what it does, and how it ended.
    final class Member: Sendable {
        let isSynced: Bool
        private let body: @Sendable (Database) throws -> Void
        private let result = Mutex<Result<Void, any Error>?>(nil)

        init(isSynced: Bool, _ body: @escaping @Sendable (Database) throws -> Void) {
            self.isSynced = isSynced
            self.body = body
        }

        /// Known when the transaction is over; one that never ran has not been committed.
        var outcome: Result<Void, any Error> { result.withLock { $0 ?? .failure(CancellationError()) } }

        func fail(_ error: any Error) { result.withLock { $0 = .failure(error) } }

        /// In a savepoint of its own.
        fileprivate func run(in db: Database) throws {
            do {
                try db.inCachedSavepoint { try body(db) }
                result.withLock { $0 = .success(()) }
            } catch {
                // A full disk ends the whole transaction: then nobody's work is there any more.
                guard db.isInsideTransaction else { throw error }
                fail(error)
            }
        }
    }

    /// One transaction for all of them.
    ///
    /// What it throws concerns them all: nothing was committed. What one of them threw is only in its own outcome.
    /// `willCommit` is called when all is written and nothing is committed yet.
    static func run(_ members: [Member], in db: Database, willCommit: () throws -> Void = {}) throws {
        try db.inCachedTransaction(.immediate) {
            for member in members { try member.run(in: db) }
            try willCommit()
        }
    }
}
