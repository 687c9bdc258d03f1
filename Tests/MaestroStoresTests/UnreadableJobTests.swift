// SPDX-License-Identifier: Apache-2.0
import GRDB
import Maestro
import MaestroTesting
import Testing

@testable import MaestroStores

/// Damaged, or written by a version that knows more: it must not keep the others from being worked on.
@Suite(.temporaryFolder) struct `A job that cannot be read` {
    @Test(arguments: ["jobs", "activities"])
    func `ends with a sentence, and the others are served`(table: String) async throws {
        let local = LocalBench()
        let store = try await local.open()
        try await check(on: local.bench, store) {
            try store.ledger.write { db in
                try db.execute(sql: "UPDATE \(table) SET body = '{\"counterpart\":\"nobody\"}' WHERE user = 'bob'")
            }
        }
    }

    #if Postgres
    @Test(
        .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence)),
        arguments: ["jobs", "activities"]
    )
    func `ends with a sentence on PostgreSQL, and the others are served`(table: String) async throws {
        let postgres = try await PostgresBench()
        let pool = postgres.pool()
        try await check(on: postgres.bench, postgres.bench.open()) {
            _ = try await pool.run("UPDATE \(table) SET body = '{\"counterpart\":\"nobody\"}' WHERE user_id = 'bob'")
        }
    }
    #endif

    private func check(on bench: StoreBench, _ store: any Store, spoil: () async throws -> Void) async throws {
        for user in ["ada", "bob", "cyd"] { _ = try await store.submit(bench.job("a", of: user), bench.activity) }
        try await spoil()
        let isRow = try await store.jobs(JobQuery(user: UserID("bob"))).first?.job.task == nil
        if isRow {
            // Whatever it is, nothing is written over it, and what is submitted with it is queued.
            let both = [bench.job("a", of: "bob"), bench.job("a", of: "dan")]
                .map { FinishedJob(job: $0, activity: bench.activity(events: 2)) }
            let answers = try await store.submit(both)
            #expect(answers == [.existing(Job.ID("a"), .queued), .queued(Job.ID("a"))])
            #expect(try await store.jobs(JobQuery(user: UserID("bob"))).first?.job.task == nil)
            try await store.cancel(Job.ID("a"), of: UserID("dan"))
        }
        #expect(try await store.jobs(JobQuery(user: nil, states: [.queued])).count == 3)
        #expect(Set(try await store.claim(upTo: 5).map(\.job.user.rawValue)) == ["ada", "cyd"])
        let job = try #require(try await store.jobs(JobQuery(user: UserID("bob"))).first)
        #expect(job.state == .dead && job.job.id == Job.ID("a"))
        #expect(job.error?.contains("cannot be read") == true)
        #expect(try await store.metrics(of: UserID("bob")).map(\.outcome) == [.failed])
        try await store.retry(Job.ID("a"), of: UserID("bob"))
        await #expect {
            try await store.claim(Job.ID("a"), of: UserID("bob"))
        } throws: { ($0 as? StoreError)?.sentence.contains("cannot be read") == true }
        #expect(try await store.jobs(JobQuery(user: UserID("bob"))).map(\.state) == [.dead])
    }
}
