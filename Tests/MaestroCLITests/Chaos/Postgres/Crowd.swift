// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting
import MaestroTestServer
import struct SystemPackage.FilePath
import Testing

/// Many users' jobs on a PostgreSQL of its own, while workers come and go, the server is restarted, and a transaction that
/// somebody forgot stays open.
struct Crowd: Sendable {
    static let noisy = "noisy"

    let size: CrowdSize
    let maestro: Binary
    let store: PostgresStore
    let herd: WorkerHerd
    private let url: PostgresURL
    private let server: PostgresServer

    init(_ model: TestServer, _ size: CrowdSize) async throws {
        self.size = size
        // Its own: it is restarted, which no other test is to notice.
        server = try await PostgresServer.start()
        let text = try server.makeURL()
        url = PostgresURL(text)
        let settings = try await PostgresConnection.open(url, within: .seconds(30))
        try await settings.runScript("ALTER SYSTEM SET track_commit_timestamp = on", within: .seconds(30))
        try await server.restart()
        maestro = Binary(
            environment: [
                "MAESTRO_STORE_URL": text, "MAESTRO_LLM_ENDPOINT": model.url, "MAESTRO_LLM_MAX_CONCURRENT": "8",
            ]
        )
        store = try await PostgresStore.open(PostgresStore.Configuration(url: url))
        herd = WorkerHerd(maestro, store, size)
    }

    /// Everything at once, until nothing is left to do.
    func rage() async throws {
        try await TurnLog.start(in: store.pool)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await herd.run() }
            group.addTask { try await submit() }
            group.addTask {
                defer { herd.end() }
                try await disturb()
            }
            try await group.waitForAll()
        }
    }

    // MARK: - Jobs

    private func submit() async throws {
        let file = TemporaryFolder.path.appending("noisy.jsonl").string
        let lines = (0..<size.noisyJobs).map { ChaosModel.job($0, of: Self.noisy) }
        try lines.joined().write(toFile: file, atomically: true, encoding: .utf8)
        let finished = try await maestro.run("submit", file, "--user", Self.noisy, "--project", "global")
        #expect(finished.code == 0, "\(finished.err)")
        // A submission locks its users' rows: a tenth of all at a time.
        let (count, batch) = (size.jobs - size.noisyJobs, max(1, min(100, size.users / 10)))
        for start in stride(from: 0, to: count, by: batch) {
            let numbers = start..<min(start + batch, count)
            let jobs = numbers.map { job($0, of: "user-\($0 % (size.users - 1))") }
            let answers = try await store.submit(jobs)
            #expect(answers.count == jobs.count)
            // Whoever did not hear the answer submits again.
            if Int.random(in: 0...9) == 0 { _ = try await store.submit(jobs) }
        }
    }

    private func job(_ number: Int, of user: String) -> FinishedJob {
        let events = [
            Event(number: 1, actor: .user, kind: .message, text: "please do thing <\(number)> now", line: 1),
            Event(number: 2, actor: .agent, kind: .message, text: "done \(number)", line: 2),
        ]
        return FinishedJob(
            job: Job(id: Job.ID("\(user)-\(number)"), user: UserID(user)),
            activity: Activity(format: "test", events: events)
        )
    }

    // MARK: - Disturbances

    /// Until every job has ended; a restart of the server in the middle, and a snapshot that is held almost to the end.
    private func disturb() async throws {
        let start = ContinuousClock.now
        var snapshot: PostgresConnection? = try await holdSnapshot()
        var wasRestarted = false
        var saidAt = start
        while true {
            let row = try await store.read("SELECT count(*) AS ended FROM jobs WHERE state IN ('done', 'dead')").first
            let left: Int = size.jobs - (try row?.value("ended") ?? 0)
            if left == 0 { break }
            if left < size.jobs / 2, !wasRestarted {
                try await server.restart()
                wasRestarted = true
                snapshot = try await holdSnapshot()
            }
            if left < size.jobs / 10 { snapshot = nil }
            if size.isLarge, .now - saidAt > .seconds(15) {
                saidAt = .now
                OutsideForm.say("chaos: \(left) jobs left after \((ContinuousClock.now - start) / .seconds(1)) s")
            }
            try await Task.sleep(for: .milliseconds(size.isLarge ? 1000 : 50))
        }
        #expect(wasRestarted)
        withExtendedLifetime(snapshot) {}
    }

    /// A transaction that sees the database as it is now, and keeps it from being tidied up, until it is forgotten.
    private func holdSnapshot() async throws -> PostgresConnection {
        let connection = try await PostgresConnection.open(url, within: .seconds(30))
        _ = try await connection.run([Statement("BEGIN ISOLATION LEVEL REPEATABLE READ")], within: .seconds(30))
        _ = try await connection.run([Statement("SELECT count(*) FROM jobs")], within: .seconds(30))
        return connection
    }
}
#endif
