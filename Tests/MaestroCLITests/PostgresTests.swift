// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
@testable import MaestroStores
import MaestroTesting
import Subprocess
import struct SystemPackage.FilePath
import Testing

/// The commands on a database, by the real binary and a real server.
@Suite(
    .temporaryFolder,
    .timeLimit(.minutes(5)),
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence))
)
struct `The commands on PostgreSQL` {
    private static let directive = "feedback-always-run-make-lint-before-say"

    private func onServer() async throws -> Binary {
        Binary(environment: ["MAESTRO_STORE_URL": try await PostgresServer.shared.value.makeURL()])
    }

    private func text(_ maestro: Binary, _ arguments: String...) async throws -> String {
        let finished = try await maestro.run(arguments) { _ in }
        #expect(finished.code == 0, "\(arguments): \(finished.err)")
        return finished.out
    }

    @Test func `reflect, show, take back and decide, and leave no file of the user's`() async throws {
        let maestro = try await onServer()
        let receipt = try await maestro.reflectOnExample("--project", Binary.exampleProject)
        #expect(receipt["outcome"] as? String == "applied")

        #expect(try await text(maestro, "log").contains("applied"))
        #expect(try await text(maestro, "show", "last").contains(Self.directive))
        #expect(try await text(maestro, "diff", "last").contains("+"))
        #expect(try await text(maestro, "recall", "lint", "--project", Binary.exampleProject).contains("make lint"))
        #expect(try await text(maestro, "memory", "list", "--project", Binary.exampleProject).contains(Self.directive))
        #expect(try await text(maestro, "stats").contains("applied"))
        #expect(try await text(maestro).contains("Waiting for you: 1"))
        let waiting = try #require(try await maestro.run("review", "--list", "--json").objects().first)
        let change = try #require(waiting["id"] as? String)
        _ = try await text(maestro, "review", "--accept", change)
        #expect(try await text(maestro).contains("Waiting for you: 0"))
        _ = try await text(maestro, "revert", "last")
        #expect(try await text(maestro, "log").contains("revert"))
        #expect(try await text(maestro, "doctor", "--offline").contains("one unbroken chain"))
        #expect(try Binary.documents().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: Binary.data.appending("maestro.sqlite").string))
    }

    @Test func `take jobs once and drain them by two workers at once`() async throws {
        let maestro = try await onServer()
        let file = TemporaryFolder.path.appending("chats.jsonl").string
        let chats = (0..<12).map { "{\"id\":\"chat-\($0)\",\"messages\":\(Binary.chat())}" }
        try (chats.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try await text(maestro, "submit", file).contains("12 jobs: 12 queued"))
        #expect(try await text(maestro, "submit", file).contains("12 jobs: 12 known already"))

        async let one = maestro.run("work", "--drain")
        async let two = maestro.run("work", "--drain")
        #expect(try await [one.code, two.code] == [0, 0])

        #expect(try await text(maestro, "jobs", "--limit", "1").contains("12 done"))
        #expect(try await maestro.run("log", "--limit", "100", "--json").objects().count == 12)
    }

    @Test func `cancel, retry and scan`() async throws {
        let maestro = try await onServer()
        #expect(try await text(maestro, "submit", Binary.example).contains("1 queued"))
        #expect(try await text(maestro, "cancel", "last").contains("cancelled"))
        #expect(try await text(maestro, "retry", "last").contains("queued"))
        #expect(try await text(maestro, "retry", "--dead").contains("No job of user `me` is dead"))
        _ = try await text(maestro, "scan")
        #expect(try await text(maestro, "jobs", "--limit", "9999999999").contains("1 queued"))
        #expect(try await text(maestro, "log", "--limit", "9999999999").contains("cancelled"))
    }

    @Test func `take the address from the settings, and say no password`() async throws {
        let url = try await PostgresServer.shared.value.makeURL() + "&password=hunter2hunter2"
        _ = try await Binary().run("init")
        let settings = Binary.data.appending("maestro.yaml").string
        try "store: { url: \"\(url)\" }\n".write(toFile: settings, atomically: true, encoding: .utf8)
        let doctor = try await text(Binary(), "doctor", "--offline")
        #expect(doctor.contains("PostgreSQL: version"))
        #expect(!doctor.contains("hunter2"))
        let privacy = try await text(Binary(), "doctor", "--privacy")
        #expect(privacy.contains("the database that `store.url` names") && !privacy.contains("Nothing leaves"))
    }

    @Test(arguments: [true, false])
    func `work, told of new jobs or by looking alone`(isTold: Bool) async throws {
        let url = try await PostgresServer.shared.value.makeURL()
        let maestro = Binary(environment: ["MAESTRO_STORE_URL": url, "MAESTRO_STORE_NOTIFY": "\(isTold)"])
        let pool = ConnectionPool(ConnectionPool.Configuration(url: PostgresURL(url)))
        let finished = try await maestro.run(["work"]) { send in
            if isTold { while try await listeners(pool) == 0 { await Task.yield() } }
            _ = try await text(maestro, "submit", Binary.example)
            while try await !text(maestro, "jobs").contains("1 done") {}
            #expect(try await listeners(pool) == (isTold ? 1 : 0))
            try send(.terminate)
        }
        #expect(finished.code == 0, "\(finished.err)")
        #expect(try await text(maestro, "doctor", "--offline").contains("no worker"))
    }

    private func listeners(_ pool: ConnectionPool) async throws -> Int {
        let rows = try await pool.run(
            "SELECT 1 FROM pg_stat_activity WHERE query = 'LISTEN maestro_' || md5(current_schema())"
        ).rows
        return rows.count
    }

    @Test func `a server that is away is one sentence, without the password`() async throws {
        let maestro = Binary(environment: ["MAESTRO_STORE_URL": "postgres://ada:hunter2hunter2@127.0.0.1:1/none"])
        let finished = try await maestro.run("log")
        #expect(finished.code == 1)
        #expect(finished.err.contains("127.0.0.1"))
        #expect(!finished.err.contains("hunter2"))
    }

    @Test func `fsck says that it is for the embedded store`() async throws {
        let finished = try await onServer().run("fsck")
        #expect(finished.code == 2)
        #expect(finished.err.contains("embedded store") && finished.err.contains("maestro doctor"))
    }
}
#endif
