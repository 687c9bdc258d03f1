// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@testable import MaestroCLI

@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `A paused queue` {
    private let maestro = Binary()

    private func submit(_ more: String...) async throws -> Binary.Finished {
        let file = TemporaryFolder.path.appending("chat.json").string
        try Binary.chat().write(toFile: file, atomically: true, encoding: .utf8)
        return try await maestro.run(["submit", file] + more) { _ in }
    }

    @Test(arguments: [([], "--user me"), (["--all"], "--all")])
    func `is said in JSON, and what to do is the command that lifts it`(whose: [String], named: String) async throws {
        _ = try await maestro.run(["pause", "--for", "2h", "--reason", "night"] + whose) { _ in }
        let submitted = try await submit()
        #expect(submitted.lines[1] == "1 waits in the queue, 1 of them paused; no worker runs")
        #expect(submitted.lines.last == "Next: maestro pause --off \(named)")
        let again = try await submit("--json").object()
        #expect(again["waiting"] as? Int == 1 && again["paused"] as? Int == 1)
        #expect(try await maestro.run("jobs", "--json").object()["paused"] as? Bool == true)

        let overview = try await maestro.run()
        #expect(overview.lines.last == "Next: maestro pause --off \(named)")
        let told = try await maestro.run("--json").object()
        #expect(told["paused"] as? Int == 1)
        let pause = try #require((told["pauses"] as? [[String: Any]])?.first)
        #expect(pause["reason"] as? String == "night" && pause["until"] is String)
        #expect(pause["user"] as? String == (whose.isEmpty ? "me" : nil))

        #expect(
            try await maestro.run(["pause", "--off"] + named.split(separator: " ").map(String.init)) { _ in }.code == 0
        )
        #expect(try await maestro.run().lines.last == "Next: maestro work --drain")
        #expect(try await maestro.run("jobs", "--json").object()["paused"] as? Bool == false)
    }

    @Test func `names the pause that holds it where another is taken back`() async throws {
        _ = try await maestro.run("pause", "--all")
        let own = try await maestro.run("pause", "--off")
        #expect(own.code == 2)
        #expect(own.err.contains("user `me` is not paused, but all users are"))
        #expect(own.err.contains("hint: maestro pause --off --all takes that back"))

        #expect(try await maestro.run("pause", "--off", "--all").code == 0)
        _ = try await maestro.run("pause", "--user", "ann")
        let all = try await maestro.run("pause", "--off", "--all")
        #expect(all.code == 2)
        #expect(all.err.contains("all users are not paused, but user `ann` is"))
        #expect(all.err.contains("hint: maestro pause --off --user ann takes that back"))
        #expect(try await maestro.run("pause", "--off").err.contains("hint: `maestro jobs --all` shows pauses"))
    }
}

@Suite struct `What to do about a queue` {
    private static func pause(_ user: String?) -> Pause {
        Pause(user: user.map { UserID($0) }, since: Date(timeIntervalSince1970: 0))
    }

    @Test(
        arguments: [
            (2, 2, [nil, "ann"], "maestro pause --off --all"), (2, 2, ["ann", "me"], "maestro pause --off --user me"),
            (2, 2, ["ann"], "maestro pause --off --user ann"), (2, 1, ["ann"], nil), (0, 0, [nil], nil),
            (2, 0, [], nil),
        ] as [(Int, Int, [String?], String?)]
    )
    func `is to lift the pause that holds all of it`(
        queued: Int,
        paused: Int,
        pauses: [String?],
        command: String?
    ) {
        let standing = QueueStanding(
            backlog: Backlog(counts: [.queued: queued], paused: paused),
            workers: [],
            pauses: pauses.map(Self.pause),
            asker: (.me, queued)
        )
        #expect(standing.resuming == command)
    }
}
