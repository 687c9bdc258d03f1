// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
@testable import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `Writes that share a transaction` {
    private struct Refusal: Error {}

    private func database() throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: TemporaryFolder.path.appending("group.sqlite").string)
        try queue.write {
            try $0.execute(
                sql:
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)"
            )
        }
        return queue
    }

    private func insert(_ id: Int, parent: Int? = nil) -> CommitGroup.Member {
        CommitGroup.Member(isSynced: true) {
            try $0.execute(sql: "INSERT INTO t (id, parent) VALUES (?, ?)", arguments: [id, parent])
        }
    }

    private func rows(of queue: DatabaseQueue) throws -> [Int] {
        try queue.read { try Int.fetchAll($0, sql: "SELECT id FROM t ORDER BY rowid") }
    }

    private func succeeded(_ member: CommitGroup.Member) -> Bool {
        if case .success = member.outcome { true } else { false }
    }

    @Test func `undo only the one that throws, and it alone gets its error`() throws {
        let queue = try database()
        let throwing = CommitGroup.Member(isSynced: true) { db in
            try db.execute(sql: "INSERT INTO t (id) VALUES (9)")
            throw Refusal()
        }
        let members = [insert(1), throwing, insert(1), insert(2)]
        try queue.writeWithoutTransaction { try CommitGroup.run(members, in: $0) }
        #expect(members.map(succeeded) == [true, false, false, true])
        #expect(throws: Refusal.self) { try throwing.outcome.get() }
        #expect(throws: DatabaseError.self) { try members[2].outcome.get() }
        #expect(try rows(of: queue) == [1, 2])
    }

    @Test func `all fail where the commit does`() throws {
        let queue = try database()
        let members = [insert(1), insert(2, parent: 77)]
        #expect(throws: DatabaseError.self) {
            try queue.writeWithoutTransaction { try CommitGroup.run(members, in: $0) }
        }
        #expect(try rows(of: queue).isEmpty)
    }

    @Test func `all fail where one of them ends the whole transaction`() throws {
        let queue = try database()
        let ending = CommitGroup.Member(isSynced: true) { db in
            try db.execute(sql: "INSERT OR ROLLBACK INTO t (id) VALUES (1)")
        }
        #expect(throws: DatabaseError.self) {
            try queue.writeWithoutTransaction { try CommitGroup.run([insert(1), ending, insert(2)], in: $0) }
        }
        #expect(try rows(of: queue).isEmpty)
    }

    @Test func `are carried out in the order they came`() throws {
        let queue = try database()
        let members = [3, 1, 2].map { id in
            CommitGroup.Member(isSynced: false) { db in
                let next = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM t") ?? 0
                try db.execute(sql: "INSERT INTO t (id, parent) VALUES (?, ?)", arguments: [next * 10 + id, nil])
            }
        }
        try queue.writeWithoutTransaction { try CommitGroup.run(members, in: $0) }
        #expect(try rows(of: queue) == [3, 11, 22])
    }

    @Test func `by hundreds of callers at once are all there`() async throws {
        let local = LocalBench()
        let store = try await local.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...400 {
                group.addTask {
                    _ = try await store.submit(local.bench.job("j", of: "u\(number)"), local.bench.activity)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.backlog(of: nil).queued == 400)
        #expect(try await store.claim(upTo: 400).count == 400)
    }
}
