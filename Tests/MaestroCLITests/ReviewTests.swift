// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import Testing

@Suite(.temporaryFolder) struct `Reviewing` {
    private let maestro = Binary()

    @Test func `lists what waits, with the words it rests on`() async throws {
        #expect(try await maestro.run("review").out == "Nothing waits\n")
        try await maestro.reflectOnExample()
        let finished = try await maestro.run("review", "--list")

        #expect(finished.out.contains("event 10, line 10, user"))
        #expect(try await maestro.run("review", "--json").object()["verdict"] as? String == "waiting")
    }

    /// The first word of the list is what a person copies.
    @Test(arguments: [0, 8, 20]) func `accepts a change by any of its ids`(length: Int) async throws {
        try await maestro.reflectOnExample()
        let listed = try await maestro.run("review", "--list").out.prefix { $0 != " " }
        let id = try #require(try await maestro.run("review", "--json").object()["id"] as? String)
        let accepted = try await maestro.run(
            "review",
            "--accept",
            length == 0 ? String(listed) : String(id.prefix(length))
        )

        #expect(accepted.code == 0, "\(accepted.err)")
        #expect(accepted.out.hasPrefix("accepted "))
        #expect(try Binary.documents().count == 3)
        #expect(try await maestro.run("review").out == "Nothing waits\n")
        let shown = try #require(try await maestro.run("show", "--json").object()["decisions"] as? [[String: Any]])
        #expect(shown.map { $0["verdict"] as? String } == ["accepted", "accepted"])
    }

    @Test func `rejects a change with its reason`() async throws {
        try await maestro.reflectOnExample()
        let before = try Binary.documents()
        let finished = try await maestro.run("review", "--reject", "last", "--reason", "only meant for that job")

        #expect(finished.code == 0)
        #expect(finished.out.contains("only meant for that job"))
        #expect(try Binary.documents() == before)
        let shown = try #require(try await maestro.run("show", "--json").object()["decisions"] as? [[String: Any]])
        #expect(shown.last?["code"] as? String == "declined")
    }

    @Test func `decides once`() async throws {
        try await maestro.reflectOnExample()
        let id = try #require(try await maestro.run("review", "--json").object()["id"] as? String)
        _ = try await maestro.run("review", "--accept", id)
        let again = try await maestro.run("review", "--accept", id)

        #expect(again.code == 2)
        #expect(again.err.contains("no waiting change has the id"))
    }

    @Test func `of an accepted change can be taken back`() async throws {
        try await maestro.reflectOnExample()
        let before = try Binary.documents()
        _ = try await maestro.run("review", "--accept", "last")
        let finished = try await maestro.run("revert", "last-2")

        #expect(finished.code == 0, "\(finished.err)")
        #expect(try Binary.documents() == before)
    }
}
