// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
import GRDB
import Maestro
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

@testable import MaestroStores

@Suite(.temporaryFolder) struct `A database that others write to` {
    /// With two busy writers one of them holds it nearly always.
    @Test func `is opened although somebody holds the shared side of its lock`() throws {
        let (file, lock) = (TemporaryFolder.path.appending("l.sqlite"), TemporaryFolder.path.appending("wal.lock"))
        try Ledger(at: file, lock: lock, effects: .none).close()
        let writer = try LockFile(opening: lock)
        #expect(try writer.tryLock(.shared))
        defer { writer.unlock() }
        let ledger = try Ledger(at: file, lock: lock, effects: .none)
        #expect(try ledger.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM jobs") } == 0)
    }

    /// One of them waits for the other inside SQLite, so that the shared side is never free.
    @Test func `without a pause has its log folded all the same`() throws {
        let (file, lock) = (TemporaryFolder.path.appending("l.sqlite"), TemporaryFolder.path.appending("wal.lock"))
        let ledger = try Ledger(at: file, lock: lock, effects: .none)
        try ledger.write { try $0.execute(sql: "CREATE TABLE busy (n INTEGER)") }
        let isOver = Atomic(false)
        let written = Atomic(0)
        let threads = DispatchGroup()
        for _ in 1...3 {
            let writer = try Ledger(at: file, lock: lock, effects: .none)
            threads.enter()
            Thread {
                while !isOver.load(ordering: .relaxed) {
                    _ = Result {
                        try writer.write(.unsynced) { db in
                            try db.execute(sql: "INSERT INTO busy VALUES (1)")
                            Thread.sleep(forTimeInterval: 0.003)
                        }
                    }
                    written.add(1, ordering: .relaxed)
                }
                threads.leave()
            }.start()
        }
        while written.load(ordering: .relaxed) < 10 { Thread.sleep(forTimeInterval: 0.005) }
        let foldings = try (1...5).map { _ in try ledger.foldLog() }
        isOver.store(true, ordering: .relaxed)
        threads.wait()
        #expect(foldings.allSatisfy { if case .folded = $0 { true } else { false } }, "\(foldings)")
    }
}

@Suite(.temporaryFolder, .timeLimit(.minutes(5))) struct `A write that nobody waits for` {
    private struct Refusal: Error {}

    private func ledger(_ effects: Effects = .none) throws -> Ledger {
        let folder = TemporaryFolder.path
        let ledger = try Ledger(at: folder.appending("l.sqlite"), lock: folder.appending("wal.lock"), effects: effects)
        try ledger.write { try $0.execute(sql: "CREATE TABLE t (n INTEGER PRIMARY KEY)") }
        return ledger
    }

    @Sendable private func insert(_ number: Int, in db: Database) throws {
        try db.execute(sql: "INSERT INTO t VALUES (?)", arguments: [number])
    }

    private func numbers(in ledger: Ledger) throws -> [Int] {
        try ledger.read { try Int.fetchAll($0, sql: "SELECT n FROM t ORDER BY n") }
    }

    @Test func `is done when it returns, where the database is free`() throws {
        let ledger = try ledger()
        ledger.writeSoon { try insert(1, in: $0) }
        #expect(try numbers(in: ledger) == [1])
    }

    @Test func `that fails harms nobody`() throws {
        let ledger = try ledger()
        ledger.writeSoon {
            try insert(1, in: $0)
            throw Refusal()
        }
        ledger.writeSoon { try insert(2, in: $0) }
        try ledger.write { try insert(3, in: $0) }
        #expect(try numbers(in: ledger) == [2, 3])
    }

    @Test func `is lost where the transaction is, and the next one goes on`() throws {
        let isRefused = Mutex(false)
        let ledger = try ledger(
            Effects { effect in
                if case .commit = effect, isRefused.withLock({ $0 }) { throw Refusal() }
            }
        )
        isRefused.withLock { $0 = true }
        ledger.writeSoon { try insert(1, in: $0) }
        isRefused.withLock { $0 = false }
        ledger.writeSoon { try insert(2, in: $0) }
        #expect(try numbers(in: ledger) == [2])
    }

    @Test func `goes with the next transaction where the database is busy`() async throws {
        let ledger = try ledger()
        let (inside, door) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let end = DispatchSemaphore(value: 0)
        Thread {
            _ = Result {
                try ledger.read { _ in
                    inside.signal()
                    door.wait()
                }
            }
            end.signal()
        }.start()
        try await LocalStore.onOwnThread { inside.wait() }
        // Both return while the database is held.
        ledger.writeSoon { try insert(1, in: $0) }
        ledger.writeSoon { try insert(2, in: $0) }
        door.signal()
        // Both are there for whoever writes after them.
        #expect(try ledger.write { try Int.fetchAll($0, sql: "SELECT n FROM t ORDER BY n") } == [1, 2])
        try await LocalStore.onOwnThread { end.wait() }
    }
}
