// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
@testable import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `A database of an older version` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    /// As Maestro left it that knew only the first migration.
    private func makeFirstVersion(_ jobs: [(id: String, state: String, events: Int)]) throws {
        try FileManager.default.createDirectory(atPath: local.data.string, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: local.data.appending("maestro.sqlite").string)
        try Schema.migrator.migrate(queue, upTo: "001 queue, history and plans")
        try queue.write { db in
            try db.execute(sql: "INSERT INTO users (id, folder, created_at) VALUES ('me', 'me', 1)")
            for job in jobs {
                try db.execute(
                    sql: """
                        INSERT INTO jobs (user, id, reflection, scope, body, state, due_at, submitted_at, ended_at)
                        VALUES ('me', ?, ?, '', ?, ?, 1, 1, ?)
                        """,
                    arguments: [
                        job.id, Reflection.ID(user: bench.user, job: Job.ID(job.id)).rawValue,
                        try JSONText.encoding(bench.job(job.id)), job.state, job.state == "queued" ? nil : 2,
                    ]
                )
                try db.execute(
                    sql: "INSERT INTO activities (user, job, body) VALUES ('me', ?, ?)",
                    arguments: [job.id, try JSONText.encoding(bench.activity(events: job.events))]
                )
            }
        }
        try queue.close()
    }

    @Test func `opens, and its jobs are worked on, continued and forgotten`() async throws {
        try makeFirstVersion([("a", "done", 3), ("b", "queued", 2)])
        let store = try await local.open()
        #expect(try await store.claim(upTo: 5).map(\.job) == [bench.job("b")])
        let same = try await store.submit(bench.job("a"), bench.activity(events: 3))
        #expect(same == .existing(Job.ID("a"), .done))
        let grown = try await store.submit(bench.job("a"), bench.activity(events: 5))
        #expect(grown == .continued(Job.ID("a#4"), from: 4))
        #expect(try await store.forgetActivities(endedBefore: local.clock.now, atMost: 5) == 1)
    }

    @Test func `opens twice without a second migration`() async throws {
        try makeFirstVersion([])
        try await local.open().close()
        #expect(try await local.open().jobs(JobQuery(user: nil)).isEmpty)
    }
}
