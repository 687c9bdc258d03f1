// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import MaestroTestServer
import struct SystemPackage.FilePath
import Testing

@testable import MaestroCLI

/// The queue's commands where it holds jobs of several users, by the real binary.
@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `The queue of several users` {
    private let maestro = Binary()

    private func submit(_ job: String, as user: String) async throws -> Binary.Finished {
        let chat = "{\"id\":\"\(job)\",\"messages\":[{\"role\":\"user\",\"content\":\"please do \(job)\"}]}"
        let file = TemporaryFolder.path.appending("\(job).json").string
        try chat.write(toFile: file, atomically: true, encoding: .utf8)
        return try await maestro.run("submit", file, "--user", user)
    }

    /// Works on all that waits with a model whose words nobody can use.
    private func letAllDie() async throws -> Binary.Finished {
        try await TestServer.run(Script([.reply("no JSON at all")])) { server in
            try await Binary(environment: ["MAESTRO_LLM_ENDPOINT": server.url]).run("work", "--drain")
        }
    }

    @Test func `brings dead jobs back by the command that the hint names`() async throws {
        _ = try await submit("job-a", as: "ann")
        _ = try await submit("job-b", as: "bob")
        let died = try await letAllDie()
        #expect(died.code == 1)
        #expect(died.err.contains("2 jobs died") && died.err.contains("`maestro retry --dead --all` brings them back"))

        let all = try await maestro.run("jobs", "--state", "dead", "--all")
        #expect(all.lines.last == "Again: maestro retry --dead --all, or maestro retry ID --user USER")
        let bobs = try await maestro.run("jobs", "--user", "bob")
        #expect(bobs.lines.last == "Again: maestro retry ID --user bob, or --dead --user bob")
        let overview = try await maestro.run("--user", "bob")
        #expect(overview.out.contains("maestro retry --dead --user bob brings them back"))
        #expect(
            try await maestro.run("retry", "--dead").lines == [
                "No job of user `me` is dead", "2 of other users: maestro retry --dead --all brings them back",
            ]
        )
        let strange = try await maestro.run("retry", "job-b")
        #expect(strange.code == 2)
        #expect(strange.err.contains("no job of user `me` has the id `job-b`"))
        #expect(strange.err.contains("hint: user `bob` has one: add --user bob"))
        #expect(try await maestro.run("retry", "job-b", "--user", "bob").lines.first == "1 job queued again")
        let one = try await maestro.run("jobs", "--state", "dead", "--all")
        #expect(one.lines.last == "Again: maestro retry ID --user ann, or --dead --user ann")
        #expect(try await maestro.run("retry", "--dead", "--all").lines.first == "1 job queued again")
        #expect(try await maestro.run("retry", "--dead", "--all").lines == ["No job of any user is dead"])
    }

    @Test(arguments: [
        ["job-a", "--all"], ["--all"], ["--dead", "--all", "--user", "bob"], ["job-a", "--dead", "--all"],
    ])
    func `is meant as a whole only by --dead`(arguments: [String]) async throws {
        let finished = try await maestro.run(["retry"] + arguments) { _ in }
        #expect(finished.code == 2 && finished.out == "")
    }

    @Test func `says whose jobs it counts`() async throws {
        #expect(try await submit("job-a", as: "ann").lines[1] == "1 waits in the queue; no worker runs")
        #expect(try await submit("job-b", as: "bob").lines[1] == "2 of all users wait in the queue; no worker runs")
        #expect(try await maestro.run("jobs").lines == ["no job of user `me`; no worker runs"])
        #expect(try await maestro.run().out.contains("Queue: no job of user `me`; no worker runs"))
        #expect(try await maestro.run("jobs", "--all").lines.last == "2 queued; no worker runs")
    }

    @Test(arguments: ["cancel", "retry"])
    func `goes on after an id that means none`(command: String) async throws {
        _ = try await submit("job-a", as: "me")
        _ = try await submit("job-b", as: "me")
        let mixed = try await maestro.run(command, "nobody", "job-a", "nothing", "job-b", "job-a")
        #expect(mixed.code == 1)
        #expect(mixed.err.contains("the id `nobody`") && mixed.err.contains("the id `nothing`"))
        #expect(mixed.err.contains("error: 2 of 4 jobs could not be "))
        if command == "cancel" {
            #expect(try await maestro.run("jobs").lines.last == "2 cancelled; no worker runs")
            #expect(try await maestro.run("cancel", "job-a").code == 1)
        } else {
            #expect(mixed.lines.first == "2 jobs queued again")
        }
        #expect(try await maestro.run(command, "nobody").code == 2)
    }
}

@Suite struct `A hint how to bring dead jobs back` {
    private static let ann = UserID("ann")

    @Test(
        arguments: [
            ([UserID.me], "", "Again: maestro retry ID, or --dead"),
            ([ann], "", "Again: maestro retry ID --user ann, or --dead --user ann"),
            ([UserID("ann b")], "", "Again: maestro retry ID --user 'ann b', or --dead --user 'ann b'"),
            ([UserID.me], " --user me", "Again: maestro retry ID --user me, or --dead --user me"),
            ([UserID.me, ann], "", "Again: maestro retry --dead --all, or maestro retry ID --user USER"),
            (nil, "", "Again: maestro retry --dead --all, or maestro retry ID --user USER"),
        ] as [([UserID]?, String, String)]
    )
    func `names a command that reaches them`(owners: [UserID]?, sameUser: String, hint: String) {
        #expect(RetryHint.again(owners: owners.map { Set($0) }, asker: .me, sameUser: sameUser) == hint)
    }
}
