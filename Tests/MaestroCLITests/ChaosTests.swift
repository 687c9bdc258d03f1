// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer
import MaestroTesting
import Subprocess
import struct SystemPackage.FilePath
import Testing

/// Workers and `reflect` on one data folder, killed at any moment.
@Suite(.temporaryFolder, .timeLimit(.minutes(5))) struct `Several processes` {
    private static let users = ["ada", "bob", "cyd"]
    private static let jobs = 8
    private static let reply = """
        {"reasoning":"r","memory_changes":[{"op":"add","name":"feedback-lint-first","type":"feedback",\
        "description":"Linting: run it first","body":"Run the linter. **Why:** said so. **How to apply:** always.",\
        "merge_target":"","events":[1],"quote":""}],"piece_edit":{"why":"","events":[],"edits":[]}}
        """

    private func file(of user: String) throws -> String {
        let lines = (0..<Self.jobs).map { number in
            "{\"id\":\"\(user)-\(number)\",\"messages\":[{\"role\":\"user\",\"content\":\"please do thing \(number)\"},"
                + "{\"role\":\"assistant\",\"content\":\"done \(number)\"}]}"
        }
        let file = TemporaryFolder.path.appending("\(user).jsonl").string
        try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    @Test func `that are killed at random lose no job and do none twice`() async throws {
        let behaviour = Behaviour.reply(Self.reply).delayed(by: .milliseconds(30))
        try await TestServer.run(Script([behaviour])) { server in
            let maestro = Binary(
                environment: ["MAESTRO_LLM_ENDPOINT": server.url, "MAESTRO_LLM_MAX_CONCURRENT": "3"]
            )
            for user in Self.users {
                let submitted = try await maestro.run(
                    "submit",
                    try file(of: user),
                    "--user",
                    user,
                    "--project",
                    "global"
                )
                #expect(submitted.code == 0, "\(submitted.err)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<3 {
                    group.addTask {
                        for round in 0..<5 {
                            let user = Self.users[(lane + round) % 3]
                            let command =
                                lane < 2
                                ? ["work"] : ["reflect", try file(of: user), "--user", user, "--project", "global"]
                            _ = try await maestro.run(command) { send in
                                // Long enough to get somewhere in the work, and each time somewhere else.
                                try await Task.sleep(for: .milliseconds(Int.random(in: 60...400)))
                                // It may have ended by itself.
                                do { try send(.kill) } catch { return }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            // A job whose worker was killed three times is dead by then: it may have been what killed them.
            _ = try await maestro.run("work", "--drain")
            for user in Self.users { _ = try await maestro.run("retry", "--dead", "--user", user) }
            let drained = try await maestro.run("work", "--drain")
            #expect(drained.code == 0, "\(drained.err)")
            try await check(maestro)
        }
    }

    private func check(_ maestro: Binary) async throws {
        let jobs = try await maestro.run("jobs", "--all", "--json", "--limit", "100").objects()
        #expect(jobs.count == Self.users.count * Self.jobs)
        #expect(jobs.allSatisfy { $0["state"] as? String == "done" })
        let total = try await maestro.run("stats", "--all", "--json").object()["total"] as? [String: Any]
        #expect(total?["jobs"] as? Int == Self.users.count * Self.jobs)
        for user in Self.users {
            let folder = Binary.data.appending("users/\(user)")
            let index = try String(contentsOfFile: folder.appending("reflections/index.jsonl").string, encoding: .utf8)
            let originals = try index.split(separator: "\n").map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(object?["originalJobId"] as? String)
            }
            #expect(originals.count == Self.jobs)
            #expect(Set(originals).count == Self.jobs)
            let files = FileManager.default.enumerator(atPath: folder.string)?.compactMap { $0 as? String } ?? []
            #expect(files.filter { $0.hasSuffix("~") }.isEmpty)
            #expect(try await maestro.run("doctor", "--offline", "--user", user).code == 0)
        }
    }
}
