// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import MaestroTestServer
import MaestroTesting
import Subprocess
import SystemPackage
import Testing

@Suite(.temporaryFolder) struct `An interrupted reflection` {
    /// What a model would answer about the example.
    private static let reply = """
        {"reasoning": "The person directed it.", "memory_changes": [{"op": "add", "name": "feedback-lint-before-done", \
        "type": "feedback", "description": "Before saying done: run make lint", "body": "Run `make lint` before saying \
        that something is done. **Why:** the person directed it. **How to apply:** in every job.", "merge_target": "", \
        "events": [31], "quote": "always run `make lint`"}], "piece_edit": {"why": "", "events": [], "edits": []}}
        """

    private func asking(_ server: TestServer) -> [String] {
        ["reflect", Binary.example, "--reflector", "llm", "--endpoint", server.url, "--model", "test-model", "--json"]
    }

    /// Runs a reflection whose model never answers, and sends `signal` when it was asked.
    private func interrupted(by signal: Signal) async throws -> Binary.Finished {
        let (asked, continuation) = AsyncStream.makeStream(of: Void.self)
        let script = Script { _, _ in
            continuation.yield()
            return Behaviour.reply("").delivered(.hang)
        }
        return try await TestServer.run(script) { server in
            try await Binary().run(asking(server)) { send in
                for await _ in asked { break }
                try send(signal)
            }
        }
    }

    /// Runs it again with a model that answers; gives the receipt and how often the model was asked.
    private func again() async throws -> (receipt: [String: Any], calls: Int) {
        try await TestServer.run(Script([.reply(Self.reply)])) { server in
            let finished = try await Binary().run(asking(server)) { _ in }
            try #require(finished.code == 0, "\(finished.err)")
            return (try finished.object(), server.requests.count)
        }
    }

    private func rows() async throws -> Int? {
        let totals = try await Binary().run("stats", "--json").object()
        return (totals["total"] as? [String: Any])?["jobs"] as? Int
    }

    @Test func `by kill -9 leaves nothing, and is taken up by the next run at once`() async throws {
        let killed = try await interrupted(by: .kill)
        #expect(killed.code == nil)
        #expect(try Binary.documents() == [:])

        let (receipt, calls) = try await again()
        #expect(receipt["outcome"] as? String == "applied")
        #expect(calls == 1)
        #expect(try Binary.documents().count == 2)
        #expect(try await rows() == 1)
        #expect(try await Binary().run("doctor", "--offline").code == 0)
    }

    @Test func `after the commit and before the files is finished by the same command`() async throws {
        let first = try await Binary().reflectOnExample()
        let database = try DatabaseQueue(path: Binary.data.appending("maestro.sqlite").string)
        try await database.write { try $0.execute(sql: "UPDATE plans SET applied = 0") }
        let whole = try Binary.documents()
        let users = Binary.data.appending("users").appending("me")
        for path in whole.keys { try FileManager.default.removeItem(atPath: users.appending(path).string) }
        try FileManager.default.removeItem(atPath: users.appending("reflections").string)

        let second = try await Binary().reflectOnExample()
        #expect(second["alreadyDone"] as? Bool == true)
        #expect(try Binary.documents() == whole)
        let snapshot = try #require(first["snapshot"] as? String)
        #expect(FileManager.default.fileExists(atPath: snapshot + "/manifest.json"))
        #expect(FileManager.default.fileExists(atPath: users.appending("reflections/index.jsonl").string))
    }

    @Test func `by Ctrl-C ends with 130, says that nothing was changed, and can be done again`() async throws {
        let stopped = try await interrupted(by: .interrupt)
        #expect(stopped.code == 130, "\(stopped.err)")
        #expect(stopped.err.contains("nothing of it was changed"))
        #expect(try Binary.documents() == [:])

        let (receipt, _) = try await again()
        #expect(receipt["outcome"] as? String == "applied")
        #expect(try await rows() == 1)
    }

    @Test func `of a model that refuses is one clear error and one failed row`() async throws {
        let script = Script([.json(401, #"{"error":{"message":"Incorrect API key provided"}}"#)])
        let finished = try await TestServer.run(script) { server in try await Binary().run(asking(server)) { _ in } }

        #expect(finished.code == 1)
        #expect(finished.err.contains("Incorrect API key provided"))
        #expect(try finished.object()["outcome"] as? String == "failed")
        #expect(try Binary.documents() == [:])
        #expect(try await rows() == 1)
        #expect(try await again().receipt["outcome"] as? String == "applied")
        #expect(try await rows() == 1)
    }

    @Test func `with a model counts tokens and cost`() async throws {
        let (receipt, _) = try await again()
        #expect((receipt["tokensIn"] as? Int ?? 0) > 100)
        #expect((receipt["reflector"] as? String)?.hasPrefix("openai 127.0.0.1") == true)
        let priced = Binary(environment: ["MAESTRO_LLM_PRICES_INPUT": "1000", "MAESTRO_LLM_PRICES_OUTPUT": "1000"])
        let totals = try await priced.run("stats", "--json").object()
        #expect(((totals["total"] as? [String: Any])?["cost"] as? Double ?? 0) > 0.1)
    }

    @Test func `beside another of the same user waits its turn`() async throws {
        async let one = Binary().run("reflect", Binary.example, "--reflector", "offline", "--json")
        async let two = Binary().run("reflect", "-", "--project", "global", "--json", input: Binary.chat())
        async let three = Binary().run("reflect", Binary.example, "--reflector", "offline", "--json")
        let all = try await [one, two, three]

        #expect(all.map(\.code) == [0, 0, 0], "\(all.map(\.err))")
        #expect(try Set(all.map { try $0.object()["reflection"] as? String }).count == 2)
        #expect(try await rows() == 2)
    }
}
