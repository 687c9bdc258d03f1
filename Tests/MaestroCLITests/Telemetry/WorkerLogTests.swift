// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import Testing

/// What the real worker writes, where no terminal is.
@Suite(.temporaryFolder) struct `A worker's log` {
    /// A chat whose id would clear a terminal and end a line.
    private func submit() async throws {
        let chat = "{\"id\":\"evil\\u001b[2J\\nid\",\"messages\":\(Binary.chat())}"
        #expect(try await Binary().run("submit", "-", input: chat).code == 0)
    }

    private func lines(of environment: [String: String], _ more: String...) async throws -> [String] {
        try await submit()
        let finished = try await Binary(environment: environment).run(["work", "--drain"] + more) { _ in }
        try #require(finished.code == 0, "\(finished.err)")
        return finished.err.split(separator: "\n").map(String.init)
    }

    @Test func `as JSON has every stage with its job and user, and no words of the transcript`() async throws {
        let environment = ["MAESTRO_LOG_FORMAT": "json", "MAESTRO_LOG_LEVEL": "debug"]
        let lines = try await lines(of: environment, "--reflector", "offline")
        let objects = try lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }

        let stages = [
            "job started", "model answered", "reply read", "changes applied", "snapshot written", "job done",
        ]
        let ofJob = objects.filter { $0["job.id"] != nil }
        #expect(ofJob.map { $0["message"] as? String } == stages)
        #expect(ofJob.allSatisfy { $0["job.id"] as? String == "evil\u{1B}[2J id" && $0["user.id"] as? String == "me" })
        #expect(ofJob.map { $0["level"] as? String } == Array(repeating: "debug", count: 5) + ["info"])
        #expect(ofJob.last?["changes"] as? Int == 1)
        #expect(!lines.joined().contains("make lint"))
        #expect(!lines.joined().contains("\u{1B}"))
    }

    @Test func `as text is one line a finished job, and nothing that drives a terminal`() async throws {
        let lines = try await lines(of: [:], "--reflector", "offline")

        let done = lines.filter { $0.contains(" info ") }
        #expect(done.count == 1)
        #expect(done.first?.contains(#" info job done changes=1 "#) == true)
        #expect(done.first?.contains(#" job.id="evil\u001b[2J id" "#) == true)
        #expect(!lines.joined().contains("\u{1B}"))
    }

    @Test(arguments: [
        (["MAESTRO_LOG_LEVEL": "loud"], [String](), "`MAESTRO_LOG_LEVEL` is `loud`"),
        ([:], ["--log-level", "loud"], "`--log-level` is `loud`"),
        (["MAESTRO_LOG_FORMAT": "xml"], [], "`MAESTRO_LOG_FORMAT` is `xml`: it must be text, json"),
    ])
    func `of a level or format that nobody knows is wrong use`(
        environment: [String: String],
        flags: [String],
        message: String
    ) async throws {
        let finished = try await Binary(environment: environment).run(["work", "--drain"] + flags) { _ in }
        #expect(finished.code == 2)
        #expect(finished.err.contains(message))
    }
}
