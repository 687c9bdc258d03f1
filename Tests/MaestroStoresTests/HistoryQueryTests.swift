// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
@testable import MaestroStores
import MaestroTesting
import Synchronization
import Testing

@Suite struct `What a reflection asks of history` {
    private let ada = UserID("ada")

    private func database() throws -> DatabaseQueue {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue)
        return queue
    }

    @Test func `is found by an index, however long the history is`() throws {
        let queue = try database()
        let asked = Mutex<Set<String>>([])
        let (reflection, now) = (Reflection.ID("r"), Date(timeIntervalSince1970: 1))
        try queue.writeWithoutTransaction { db in
            db.trace { event in
                if case .statement(let statement) = event { asked.withLock { _ = $0.insert(statement.sql) } }
            }
            _ = try PlanRows.generation(of: ada, in: db)
            _ = try PlanRows.unfinished(of: ada, in: "boot", db)
            _ = try PlanRows.usersWithUnfinished(in: "boot", db)
            _ = try ReflectionHistory(of: reflection, keepsReply: true, in: db)
            _ = try PlanRows.written(by: reflection, in: db)
            _ = try PlanRows.nextSequence(of: reflection, in: db)
            _ = try ChangeRows.decisions(of: reflection, in: db)
            _ = try ChangeRows.settled(by: reflection, in: db)
            _ = try ChangeRows.confirmations(of: ada, in: db)
            _ = try JudgedFacts(of: ada, in: db)
            let entries = try (0..<500).map { Self.entry(try #require(EntryName("entry-\($0)"))) }
            for count in [10, 500] {
                _ = try EntryUseRows(of: ada, in: .global, db).use(of: Array(entries.prefix(count)))
            }
            _ = try IndexRows.last(of: ada, in: db)
            _ = try IndexRows.line(ofPlan: 1, user: ada, in: db)
            _ = try ReplyRows.reply(for: reflection, in: db)
            _ = try ReplyRows.tokens(of: reflection, in: db)
            _ = try ReflectionRows.outcome(of: reflection, in: db)
            _ = try JobRows.workers(in: db)
            _ = try JobRows.gone(at: now, deadWorkers: [], in: db)
            _ = try JobRows.standing(of: Job.ID("j"), user: ada, in: db)
            // A suspect: whose turn it is, is asked in another way beside one.
            try db.execute(
                sql: """
                    INSERT INTO jobs (user, id, reflection, scope, body, state, takeovers, due_at, submitted_at)
                    VALUES ('bob', 'j', 'r', '', '', 'queued', 2, 0, 0)
                    """
            )
            _ = try QueueRows.heads(upTo: 1, for: "worker", at: now, in: db)
        }
        let queries = asked.withLock { $0 }.filter { $0.hasPrefix("SELECT") || $0.hasPrefix("WITH") }
        #expect(queries.count > 20)
        for query in queries { #expect(try tablesWalkedThrough(by: query, in: queue) == [], "\(query)") }
    }

    /// Steps that look at every row of a table, or at every row from its newest on.
    private func tablesWalkedThrough(by query: String, in queue: DatabaseQueue) throws -> [String] {
        try queue.read { db in
            let plan = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(query)")
            plan.setUncheckedArguments([])
            return try Row.fetchAll(plan).map { $0["detail"] as String }.filter { step in
                let isWalk = tables.contains { step == "SEARCH \($0)" || "\(step) ".hasPrefix("SCAN \($0) ") }
                return isWalk && !unfinishedAlone.contains { step.contains($0) }
            }
        }
    }

    private let tables = ["attempts", "changes", "index_lines", "jobs", "operations", "plans", "reflections", "users"]
    /// Indexes that hold only what has not ended yet: to walk through them is to look at what there is to do.
    private let unfinishedAlone = [
        "jobs_one_running", "jobs_queued", "jobs_suspected", "plans_unapplied", "plans_unsynced",
    ]

    @Test(arguments: 0..<30)
    func `of the use of entries is enough for the index that all of it gives`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let queue = try database()
        // Few are sought by their names, of many the newest writes are gone through.
        let names = (0..<(seed % 2 == 0 ? 400 : 1000)).map { "entry-\($0)" }
        let standing = names.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
        var all: [String: EntryUse] = [:]
        try queue.write { db in
            let plan = try PlanRows.insert(
                Plan(reflection: Reflection.ID("r"), sequence: 1, operations: []),
                user: ada,
                at: .now,
                in: db
            )
            // Few moments, so that many entries were written in the same one.
            for ordinal in 0..<Int.random(in: 0...900, using: &random) {
                guard let name = names.randomElement(using: &random) else { continue }
                let (path, at) = ("memory/\(name).md", Int.random(in: 1...60, using: &random))
                let isSuperseded = Int.random(in: 0..<9, using: &random) == 0
                try db.execute(
                    sql: """
                        INSERT INTO operations (plan, ordinal, user, reflection, change, path, document, state, at)
                        VALUES (?, ?, 'ada', 'r', 1, ?, '', ?, ?)
                        """,
                    arguments: [plan, ordinal, path, isSuperseded ? "superseded" : "applied", at]
                )
                guard !isSuperseded else { continue }
                let moment = Date(milliseconds: Int64(at))
                all[path, default: EntryUse()].lastWrite = max(all[path]?.lastWrite ?? .distantPast, moment)
            }
            for ordinal in 0..<Int.random(in: 0...40, using: &random) {
                guard let name = names.randomElement(using: &random) else { continue }
                try db.execute(
                    sql: """
                        INSERT INTO changes (reflection, ordinal, user, op, name, scope, verdict, message, evidence)
                        VALUES ('r', ?, 'ada', 'confirm', ?, 'global', 'accepted', '', '[]')
                        """,
                    arguments: [ordinal, name]
                )
                all["memory/\(name).md", default: EntryUse()].confirmations += 1
            }
        }
        let entries = standing.compactMap { name in EntryName(name).map { Self.entry($0) } }
        // The newest, as when a reflection is taken back.
        let newest = entries.sorted {
            (all[$0.path.relative]?.lastWrite ?? .distantPast) > (all[$1.path.relative]?.lastWrite ?? .distantPast)
        }
        let removed = Set(newest.prefix(Int.random(in: 0...60, using: &random)).map(\.path))
        let found = try queue.read {
            try EntryUseRows(of: ada, in: .global, $0).use(of: entries.filter { !removed.contains($0.path) })
        }

        #expect(Self.index(of: entries, without: removed, found) == Self.index(of: entries, without: removed, all))
        #expect(found.count <= all.count)
    }

    private static func entry(_ name: EntryName) -> MemoryEntry {
        let text = "---\nname: \(name)\ndescription: About \(name).\ntype: project\n---\n\nText.\n"
        return MemoryEntry(
            reading: Document(path: .entry(.global, stem: name), text: text),
            name: name,
            scope: .global
        )
    }

    private static func index(
        of entries: [MemoryEntry],
        without removed: Set<DocumentPath>,
        _ use: [String: EntryUse]
    ) -> String? {
        let writes = entries.filter { removed.contains($0.path) }
            .map { DocumentWrite(path: $0.path, before: $0.document.text, after: nil) }
        return IndexRevision(scope: .global, entries: entries, existing: nil, use: use).write(after: writes, at: .now)?
            .after
    }

    @Test func `of few entries is sought by their names`() throws {
        let queue = try database()
        let asked = Mutex<[String]>([])
        try queue.writeWithoutTransaction { db in
            db.trace { event in
                if case .statement(let statement) = event { asked.withLock { $0.append(statement.sql) } }
            }
            _ = try EntryUseRows(of: ada, in: .global, db).use(of: [Self.entry(try #require(EntryName("a")))])
        }
        let query = try #require(asked.withLock { $0 }.first { $0.contains("FROM operations") })
        let plan = try queue.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(query)")
            statement.setUncheckedArguments([])
            return try Row.fetchAll(statement).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("operations_written_by_path (user=? AND path=?)") }, "\(plan)")
    }
}
