// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
import Synchronization
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The SQLite database of one data folder: how it is opened, written to, and checkpointed.
///
/// SQLite before 3.51.3 can lose the log when it is reset while another connection writes. So nothing is checkpointed
/// automatically, and only under the exclusive side of `wal.lock`, whose shared side every write transaction holds.
final class Ledger: Sendable {
    /// How sure a write must be when it returns.
    enum Durability { case synced, unsynced }

    /// The log is folded into the database when it is larger than this, and nobody writes just then.
    private static let checkpointBytes: Int64 = 4 << 20
    /// Larger than this it is folded although others write, who are held up at the gate for it.
    private static let insistingBytes: Int64 = 16 << 20
    private static let insistingSeconds = 0.25
    private static let insistsAgainAfter = Duration.seconds(30)
    private static let busySeconds = 10.0

    private let queue: DatabaseQueue
    private let path: FilePath
    /// The files that are open: the database, its log, and what it shares with other processes.
    private let identities: [FileIdentity?]
    private let walLock: LockFile
    /// What every write passes through, on its shared side, before it takes that of the other lock.
    ///
    /// Among several busy writers one has that always, and whoever waits for the exclusive one would wait for ever.
    private let gate: LockFile
    private let effects: Effects
    private let turns = Turns<Call>()
    /// Before then nobody is held up for the log again: somebody who writes does not end, or does not know the gate.
    private let insistsFrom = Mutex(ContinuousClock.now)

    /// Opens the database, made (0600) or migrated where it has to be.
    ///
    /// For that the exclusive side of the lock is held: two processes that start at once must not both make the tables. Where
    /// they are there, the shared side does: beside busy workers nobody may get the other for many seconds.
    init(at path: FilePath, lock: FilePath, effects: Effects) throws {
        self.path = path
        self.effects = effects
        let walLock = try LockFile(opening: lock)
        self.walLock = walLock
        gate = try LockFile(opening: lock.removingLastComponent().appending("wal-gate.lock"))
        if let existing = try Self.openExisting(path, walLock) {
            queue = existing
            identities = Self.identities(of: path)
            return
        }
        try Self.wait(for: walLock, .exclusive, path)
        defer { walLock.unlock() }
        // SQLite gives its log and shared memory the permissions of the database. An existing one is not opened here:
        // closing it again would drop the locks that SQLite holds on it in this process.
        if let folder = try Directory.open(path.removingLastComponent(), effects) {
            try folder.makeEmptyFile(path.lastComponent?.string ?? "")
        }
        do {
            queue = try Self.open(path)
            try Self.migrate(queue, at: path, effects)
            identities = Self.identities(of: path)
        } catch let error as DatabaseError {
            throw DatabaseProblem.cannotOpen(path, error)
        }
    }

    /// Nil where tables have to be made or changed first, or where it must not be used: the other way says so.
    private static func openExisting(_ path: FilePath, _ walLock: LockFile) throws -> DatabaseQueue? {
        var file = stat()
        guard lstat(path.string, &file) == 0, file.st_mode & S_IFMT == S_IFREG, file.st_size > 0 else { return nil }
        try wait(for: walLock, .shared, path)
        defer { walLock.unlock() }
        do {
            let queue = try open(path)
            let migrator = Schema.migrator
            let isReady = try queue.read { db in
                try migrator.hasCompletedMigrations(db) && !migrator.hasBeenSuperseded(db)
            }
            if isReady { return queue }
            try queue.close()
            return nil
        } catch let error as DatabaseError {
            throw DatabaseProblem.cannotOpen(path, error)
        }
    }

    private static func open(_ path: FilePath) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(busySeconds)
        configuration.label = "maestro.ledger"
        configuration.prepareDatabase {
            // The second in KB: with SQLite's own 2 MB, a worker for hundreds of users reads most pages again each time.
            // The third: what undoes a savepoint would be a file in the system's folder for such, made in each transaction.
            try $0.execute(
                sql: "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY"
            )
        }
        let queue = try DatabaseQueue(path: path.string, configuration: configuration)
        // Only now: GRDB sets NORMAL while it opens, and inside a transaction SQLite ignores it.
        try queue.writeWithoutTransaction { try setSynchronous("FULL", expecting: 2, in: $0) }
        return queue
    }

    /// Brings an older schema up to ours; a newer one is refused.
    private static func migrate(_ queue: DatabaseQueue, at path: FilePath, _ effects: Effects) throws {
        let migrator = Schema.migrator
        guard try !queue.read({ try migrator.hasBeenSuperseded($0) }) else {
            throw StoreError.unusable(
                "the database `\(path)` was written by a newer Maestro; nothing was changed",
                hint: "update this one"
            )
        }
        guard try !queue.read({ try migrator.hasCompletedMigrations($0) }) else { return }
        try effects.announce(.commit(isSynced: true))
        try migrator.migrate(queue)
    }

    /// A database that was deleted, replaced or moved stays open as it was: queue and history of others would be another's.
    private func checkPlace() throws {
        guard Self.identities(of: path) == identities else {
            throw StoreError.gone(
                "the database `\(path)`, or its `-wal` or `-shm` file, was deleted, replaced or moved while this process used it; "
                    + "nothing was changed"
            )
        }
    }

    private static func identities(of path: FilePath) -> [FileIdentity?] {
        ["", "-wal", "-shm"].map { FileIdentity(of: FilePath(path.string + $0)) }
    }

    /// What `body` reads is of one moment.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) throws -> T {
        try checkPlace()
        let outcome = Outcome<T>()
        turns.take(.read { db in outcome.set { try db.inCachedTransaction(.deferred) { try body(db) } } }, serve: serve)
        return try explaining { try outcome.get() }
    }

    /// All of `body` or nothing, visible to every process when it returns.
    ///
    /// Calls that arrive while a transaction runs share the next one, with one sync, in the order they came. Each has a
    /// savepoint of its own: one that throws undoes only itself. Where the commit fails, all of them fail.
    func write<T: Sendable>(
        _ durability: Durability = .synced,
        _ body: @escaping @Sendable (Database) throws -> T
    ) throws -> T {
        try checkPlace()
        let outcome = Outcome<T>()
        let member = CommitGroup.Member(isSynced: durability == .synced) { db in
            let value = try body(db)
            outcome.set { value }
        }
        turns.take(.write(member), serve: serve)
        return try explaining {
            try member.outcome.get()
            return try outcome.get()
        }
    }

    /// Unsynced, with the next transaction: what may as well be lost, because it is found out again.
    ///
    /// Done when this returns where the database is free; else whoever serves it does it next. Whoever writes later, writes
    /// after it; reads may still be answered before. No failure is told.
    func writeSoon(_ body: @escaping @Sendable (Database) throws -> Void) {
        turns.leave(.write(CommitGroup.Member(isSynced: false, body)), serve: serve)
    }

    /// How many calls wait for the connection.
    var waiting: Int { turns.waiting }

    /// What waits for the connection.
    private enum Call: Sendable {
        case read(@Sendable (Database) -> Void)
        case write(CommitGroup.Member)
    }

    /// What a call gave, for the thread that waits for it.
    private final class Outcome<T: Sendable>: Sendable {
        private let result = Mutex<Result<T, any Error>?>(nil)

        func set(_ body: () throws -> T) {
            let outcome = Result(catching: body)
            result.withLock { $0 = outcome }
        }

        /// Of a call that was not run: that it was cancelled.
        func get() throws -> T {
            guard let outcome = result.withLock({ $0 }) else { throw CancellationError() }
            return try outcome.get()
        }
    }

    /// Reads first, each told at once: they are short, and a transaction waits for the disk.
    private func serve(_ tickets: [Turns<Call>.Ticket]) {
        queue.writeWithoutTransaction { db in
            var writes: [(ticket: Turns<Call>.Ticket, member: CommitGroup.Member)] = []
            for ticket in tickets {
                switch ticket.call {
                case .read(let body):
                    body(db)
                    ticket.tell()
                case .write(let member): writes.append((ticket, member))
                }
            }
            guard !writes.isEmpty else { return }
            commit(writes.map(\.member), in: db)
            for (ticket, _) in writes { ticket.tell() }
            // What is committed is committed, and was told: a log that could not be folded only stays long, and every later
            // write tries again. Where that never works `doctor` tells: see `foldLog`.
            _ = Result { try checkpointIfLarge(db) }
        }
    }

    private func commit(_ members: [CommitGroup.Member], in db: Database) {
        do {
            try lockedForWriting {
                let isSynced = members.contains { $0.isSynced }
                if !isSynced { try Self.setSynchronous("NORMAL", expecting: 1, in: db) }
                let result = Result {
                    try CommitGroup.run(members, in: db) { try effects.announce(.commit(isSynced: isSynced)) }
                }
                if !isSynced { try Self.setSynchronous("FULL", expecting: 2, in: db) }
                try result.get()
            }
        } catch {
            members.forEach { $0.fail(error) }
        }
    }

    /// Turns SQLite's own errors into sentences for people.
    private func explaining<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as DatabaseError { throw DatabaseProblem.refused(path, error) }
    }

    /// Folds the log into the database where it has grown and nobody writes at this moment.
    private func checkpointIfLarge(_ db: Database) throws {
        let bytes = logBytes
        guard bytes > Self.checkpointBytes else { return }
        let isInsisting = bytes > Self.insistingBytes && insistsFrom.withLock { $0 <= .now }
        if case .heldByWriters = try fold(db, insisting: isInsisting), isInsisting {
            insistsFrom.withLock { $0 = .now + Self.insistsAgainAfter }
        }
    }

    private func fold(_ db: Database, insisting: Bool) throws -> LogStanding.Folding {
        guard try walLock.tryLock(.exclusive) || (insisting && lockBehindGate()) else { return .heldByWriters }
        defer { walLock.unlock() }
        try effects.announce(.checkpoint)
        // Not waited for readers: meanwhile nobody, in any process, could write.
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer { _ = Result { try db.execute(sql: "PRAGMA busy_timeout = \(Int(Self.busySeconds * 1000))") } }
        do {
            _ = try db.checkpoint(.truncate)
            return .folded
        } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
            return .heldByReaders
        }
    }

    /// The exclusive side of `wal.lock`, for which no write begins meanwhile; false where somebody else is at the gate, or a
    /// writer does not end in time: the next write tries again.
    private func lockBehindGate() throws -> Bool {
        guard try gate.tryLock(.exclusive) else { return false }
        defer { gate.unlock() }
        let deadline = ContinuousClock.now + .seconds(Self.insistingSeconds)
        while try !walLock.tryLock(.exclusive) {
            guard ContinuousClock.now < deadline else { return false }
            Thread.sleep(forTimeInterval: 0.001)
        }
        return true
    }

    /// The size of the log; 0 where there is none.
    var logBytes: Int64 {
        var log = stat()
        return lstat(path.string + "-wal", &log) == 0 ? Int64(log.st_size) : 0
    }

    /// Folds the log into the database, and says what stood in the way; no content changes.
    func foldLog() throws -> LogStanding.Folding {
        do {
            return try explaining { try queue.writeWithoutTransaction { try fold($0, insisting: true) } }
        } catch StoreError.unusable(let sentence, let hint) {
            return .failed(sentence, hint: hint)
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
        try Self.wait(for: gate, .shared, path)
        gate.unlock()
        try Self.wait(for: walLock, .shared, path)
        defer { walLock.unlock() }
        return try body()
    }

    private static func wait(for lock: LockFile, _ mode: LockFile.Hold, _ path: FilePath) throws {
        let deadline = ContinuousClock.now + .seconds(busySeconds)
        while try !lock.tryLock(mode) {
            guard ContinuousClock.now < deadline else {
                throw StoreError.locked(
                    "another process has kept the database `\(path)` busy for \(Int(busySeconds)) s"
                )
            }
            Thread.sleep(forTimeInterval: 0.002)
        }
    }

    private static func setSynchronous(_ name: String, expecting value: Int, in db: Database) throws {
        try db.run(sql: "PRAGMA synchronous = \(name)")
        guard try Int.fetchOne(db.cachedStatement(sql: "PRAGMA synchronous")) == value else {
            throw StoreError.unusable(
                "SQLite does not accept `synchronous = \(name)`, so a commit would not be durable; nothing was changed",
                hint: "report this with the output of `maestro doctor`"
            )
        }
    }
}
