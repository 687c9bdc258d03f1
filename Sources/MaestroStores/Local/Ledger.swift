// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
import struct SystemPackage.FilePath

/// The SQLite database of one data folder: how it is opened, written to, and checkpointed.
///
/// SQLite before 3.51.3 can lose the log when it is reset while another connection writes. So nothing is checkpointed
/// automatically, and only under the exclusive side of `wal.lock`, whose shared side every write transaction holds.
final class Ledger: Sendable {
    /// How sure a write must be when it returns.
    enum Durability { case synced, unsynced }

    /// The log is folded into the database when it is larger than this.
    private static let checkpointBytes = 4 << 20
    private static let busySeconds = 10.0

    private let queue: DatabaseQueue
    private let path: FilePath
    private let walLock: LockFile

    init(at path: FilePath, lock: FilePath) throws {
        self.path = path
        walLock = try LockFile(opening: lock)
        var configuration = GRDB.Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(Self.busySeconds)
        configuration.label = "maestro.ledger"
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
        do {
            queue = try DatabaseQueue(path: path.string, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                try Self.setSynchronous("FULL", expecting: 2, in: db)
            }
        } catch let error as DatabaseError {
            throw StoreError.unusable(
                "cannot open the database `\(path)`: \(error.message ?? error.resultCode.description)",
                hint: "the memory files are unharmed; move the database away to start with an empty history"
            )
        }
        try migrate()
    }

    /// Runs at any time between other processes' transactions; a newer schema than ours is refused.
    private func migrate() throws {
        let migrator = Schema.migrator
        let isSuperseded = try queue.read { try migrator.hasBeenSuperseded($0) }
        guard !isSuperseded else {
            throw StoreError.unusable(
                "the database `\(path)` was written by a newer Maestro; nothing was changed",
                hint: "update this one"
            )
        }
        guard try !queue.read({ try migrator.hasCompletedMigrations($0) }) else { return }
        try lockedForWriting { try migrator.migrate(queue) }
    }

    func read<T>(_ body: (Database) throws -> T) throws -> T { try queue.read(body) }

    /// One transaction: all of `body` or nothing, visible to every process when it returns.
    func write<T>(_ durability: Durability = .synced, _ body: (Database) throws -> T) throws -> T {
        try queue.writeWithoutTransaction { db in
            try lockedForWriting {
                if durability == .unsynced { try Self.setSynchronous("NORMAL", expecting: 1, in: db) }
                let result = Result { try Self.transaction(in: db, body) }
                if durability == .unsynced { try Self.setSynchronous("FULL", expecting: 2, in: db) }
                return try result.get()
            }
        }
    }

    private static func transaction<T>(in db: Database, _ body: (Database) throws -> T) throws -> T {
        var result: T?
        try db.inTransaction(.immediate) {
            result = try body(db)
            return .commit
        }
        guard let result else { throw CancellationError() }
        return result
    }

    /// Folds the log into the database where it has grown and nobody writes at this moment.
    func checkpointIfLarge() throws {
        let size = try (FileManager.default.attributesOfItem(atPath: path.string + "-wal")[.size] as? NSNumber)?
            .intValue
        guard let size, size > Self.checkpointBytes else { return }
        try checkpoint()
    }

    private func checkpoint() throws {
        try queue.writeWithoutTransaction { db in
            guard try walLock.tryLock(.exclusive) else { return }
            defer { walLock.unlock() }
            do {
                _ = try db.checkpoint(.truncate)
            } catch let error as DatabaseError
                where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED
            {
                // A reader stands in the way: the next commit tries again.
            }
        }
    }

    func close() throws { try queue.close() }

    /// The values that `doctor` shows and a test asserts.
    func settings() throws -> (version: String, journal: String, synchronous: Int) {
        try queue.writeWithoutTransaction { db in
            (
                try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "",
                try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
            )
        }
    }

    /// Runs inside the queue, so that one descriptor serves the whole process.
    private func lockedForWriting<T>(_ body: () throws -> T) throws -> T {
        try waitForWalLock()
        defer { walLock.unlock() }
        return try body()
    }

    private func waitForWalLock() throws {
        var waited = 0.0
        while try !walLock.tryLock(.shared) {
            guard waited < Self.busySeconds else {
                throw StoreError.locked("another process has been tidying the database `\(path)` for \(Int(waited)) s")
            }
            Thread.sleep(forTimeInterval: 0.002)
            waited += 0.002
        }
    }

    private static func setSynchronous(_ name: String, expecting value: Int, in db: Database) throws {
        try db.execute(sql: "PRAGMA synchronous = \(name)")
        guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == value else {
            throw StoreError.unusable(
                "SQLite does not accept `synchronous = \(name)`, so a commit would not be durable; nothing was changed",
                hint: "report this with the output of `maestro doctor`"
            )
        }
    }
}
