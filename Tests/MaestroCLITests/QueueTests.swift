// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import MaestroTestServer
import Subprocess
import struct SystemPackage.FilePath
import Testing

/// The queue's commands, by the real binary.
@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `The queue` {
    private let maestro = Binary()
    private static let nothing = """
        {"reasoning":"routine","memory_changes":[],"piece_edit":{"why":"","events":[],"edits":[]}}
        """

    /// Lines of chats, each a job of its own.
    private func chats(_ count: Int, turns: Int = 1) throws -> String {
        let lines = (0..<count).map { number in
            let messages = (0..<turns).flatMap { turn in
                [
                    "{\"role\":\"user\",\"content\":\"please do thing \(number) for turn \(turn)\"}",
                    "{\"role\":\"assistant\",\"content\":\"did thing \(number) for turn \(turn)\"}",
                ]
            }
            return "{\"id\":\"chat-\(number)\",\"messages\":[\(messages.joined(separator: ","))]}"
        }
        let file = TemporaryFolder.path.appending("chats.jsonl").string
        try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    private func asking(_ server: TestServer, _ more: [String: String] = [:]) -> Binary {
        Binary(
            environment: ["MAESTRO_LLM_ENDPOINT": server.url, "MAESTRO_WORKER_RETRY_SECONDS": "0"].merging(more) { $1 }
        )
    }

    @Test func `takes jobs once, drains them once, and says how it stands`() async throws {
        let file = try chats(25)

        let first = try await maestro.run("submit", file)
        let second = try await maestro.run("submit", file, "--json").object()
        #expect(first.code == 0)
        #expect(first.lines.first == "25 jobs: 25 queued")
        #expect(first.out.contains("no worker runs") && first.out.contains("maestro work --drain"))
        #expect(second["known"] as? Int == 25 && second["queued"] as? Int == 0 && second["waiting"] as? Int == 25)
        #expect(try await maestro.run().out.contains("Next: maestro work --drain"))

        let drained = try await maestro.run("work", "--drain")
        #expect(drained.code == 0)
        #expect(drained.lines.first == "25 jobs ended: 25 abstained")
        #expect(try await maestro.run("work", "--drain").lines.first == "0 jobs ended")
        #expect(
            try await maestro.run("submit", file).lines == ["25 jobs: 25 known already", "Nothing waits in the queue"]
        )
        #expect(try await maestro.run("jobs", "--limit", "2").lines.last == "25 done; no worker runs")
    }

    @Test func `reads standard input, and one bad file does not stop the others`() async throws {
        let input = try await maestro.run(
            ["submit", "-"],
            input: "{\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}]}"
        ) { _ in }
        #expect(input.lines.first == "1 job: 1 queued")

        let mixed = try await maestro.run("submit", try chats(2), "/nowhere/at/all.jsonl")
        #expect(mixed.code == 1)
        #expect(mixed.lines.first == "2 jobs: 2 queued")
        #expect(mixed.err.contains("/nowhere/at/all.jsonl") && mixed.err.contains("the others are queued"))
    }

    @Test func `learns from a transcript that grew only what is new`() async throws {
        _ = try await maestro.run("submit", try chats(1))
        _ = try await maestro.run("work", "--drain")
        let grown = try await maestro.run("submit", try chats(1, turns: 2))
        #expect(grown.lines.first == "1 job: 1 continued, with what is new")
        _ = try await maestro.run("work", "--drain")

        let jobs = try await maestro.run("jobs", "--json").objects()
        #expect(Set(jobs.compactMap { $0["job"] as? String }) == ["chat-0", "chat-0#3"])
        #expect(jobs.allSatisfy { $0["state"] as? String == "done" })

        let reflected = try await maestro.run("reflect", try chats(1, turns: 3))
        #expect(reflected.err.contains("`chat-0#5` learns from event 5 on"))
    }

    @Test func `keeps every job where the key is wrong, at one call, and goes on when it is right`() async throws {
        let file = try chats(5)
        try await TestServer.run(Script([.named(.unauthorized), .reply(Self.nothing)])) { server in
            let binary = asking(server)
            _ = try await binary.run("submit", file)
            let refused = try await binary.run("work", "--drain")
            #expect(refused.code == 1)
            #expect(refused.err.contains("5 jobs were left: ") && refused.err.contains("Incorrect API key"))
            #expect(server.requests.count == 1)
            let jobs = try await binary.run("jobs", "--json").objects()
            #expect(jobs.allSatisfy { $0["state"] as? String == "queued" && $0["failures"] as? Int == 0 })

            #expect(try await binary.run("work", "--drain").lines.first == "5 jobs ended: 5 abstained")
            #expect(server.requests.count == 6)
        }
    }

    @Test func `lets a job die after five failures, and brings it back`() async throws {
        let file = try chats(1)
        let failures = Array(repeating: Behaviour.named(.serverError), count: 5)
        try await TestServer.run(Script(failures + [.reply(Self.nothing)])) { server in
            let binary = asking(server)
            _ = try await binary.run("submit", file)
            let died = try await binary.run("work", "--drain")
            #expect(died.code == 1)
            #expect(died.lines.first == "1 job ended: 1 failed")
            #expect(server.requests.count == 5)
            let list = try await binary.run("jobs")
            #expect(list.out.contains("The server had an error") && list.out.contains("maestro retry ID, or --dead"))
            #expect(try await binary.run("stats", "--json").object()["total"] != nil)

            #expect(try await binary.run("retry", "--dead").lines.first == "1 job queued again")
            #expect(try await binary.run("work", "--drain").lines.first == "1 job ended: 1 abstained")
        }
    }

    @Test func `cancels, retries and pauses by a prefix of the id`() async throws {
        _ = try await maestro.run("submit", try chats(2))
        #expect(try await maestro.run("cancel", "chat").code == 2)
        #expect(try await maestro.run("cancel", "chat-1").lines == ["cancelled job `chat-1`, which was queued"])
        #expect(try await maestro.run("cancel", "chat-1").code == 1)
        #expect(
            try await maestro.run("pause", "--for", "2h", "--reason", "night").out.hasPrefix("paused user `me` until ")
        )
        let idle = try await maestro.run("work", "--drain")
        #expect(idle.lines == ["0 jobs ended", "1 left in the queue, 1 of them paused"])
        #expect(try await maestro.run("jobs").out.contains("(night); maestro pause --off --user me takes it back"))
        #expect(try await maestro.run("pause", "--for", "0m").code == 2)
        #expect(try await maestro.run("pause", "--off").lines == ["resumed user `me`"])
        #expect(try await maestro.run("pause", "--off").code == 2)
        #expect(try await maestro.run("retry", "chat-1").lines.first == "1 job queued again")
        #expect(try await maestro.run("work", "--drain").lines.first == "2 jobs ended: 2 abstained")
        #expect(try await maestro.run("retry", "chat-1").code == 1)
        #expect(try await maestro.run("retry", "nobody").code == 2)
    }

    @Test func `brings back what can be brought back, and finds a job by its whole id among many that begin so`()
        async throws
    {
        _ = try await maestro.run("submit", try chats(130))
        #expect(try await maestro.run("cancel", "chat-1").lines == ["cancelled job `chat-1`, which was queued"])
        let some = try await maestro.run("retry", "chat-1", "chat-3", "chat-1")
        #expect(some.code == 0 && some.lines.first == "2 jobs queued again")
        #expect(try await maestro.run("work", "--drain").code == 0)
        #expect(
            try await maestro.run("submit", try chats(1, turns: 2)).lines.first
                == "1 job: 1 continued, with what is new"
        )
        #expect(try await maestro.run("cancel", "chat-0#3").code == 0)
        let mixed = try await maestro.run("retry", "chat-2", "chat-0#3")
        #expect(mixed.code == 1 && mixed.lines.first == "1 job queued again")
        #expect(mixed.err.contains("1 of 2 jobs could not be brought back"))
    }

    @Test func `knows a transcript without a name when it goes on, and two that are given one name apart`() async throws
    {
        let file = TemporaryFolder.path.appending("nameless.json").string
        func write(_ turns: Int, greeting: String = "please tidy up") throws {
            let messages = (1...turns).map { turn in
                turn % 2 == 1
                    ? #"{"role":"user","content":"\#(turn == 1 ? greeting : "and now number \(turn)")"}"#
                    : #"{"role":"assistant","content":"done \#(turn)"}"#
            }
            try "[\(messages.joined(separator: ","))]".write(toFile: file, atomically: true, encoding: .utf8)
        }
        try write(2)
        #expect(try await maestro.run("submit", file).lines.first == "1 job: 1 queued")
        #expect(try await maestro.run("work", "--drain").code == 0)
        try write(4)
        #expect(try await maestro.run("submit", file).lines.first == "1 job: 1 continued, with what is new")
        #expect(try await maestro.run("submit", file).lines.first == "1 job: 1 known already")

        #expect(try await maestro.run("submit", file, "--job", "x").lines.first == "1 job: 1 queued")
        try write(2, greeting: "something else")
        let other = try await maestro.run("submit", file, "--job", "x")
        #expect(other.lines.first == "1 job: 1 queued")
        #expect(other.err.contains("note: job `x` is known with another transcript; this one is job `x~"))
        #expect(try await maestro.run("submit", file, "--job", "x").lines.first == "1 job: 1 known already")
    }

    @Test func `says what is dead or cancelled when it is submitted again`() async throws {
        let file = try chats(2)
        _ = try await maestro.run("submit", file)
        _ = try await maestro.run("cancel", "chat-1")
        let again = try await maestro.run("submit", file)
        #expect(
            again.lines.prefix(2) == [
                "2 jobs: 2 known already",
                "`chat-1` is dead or cancelled, and stays so; maestro retry ID brings back a job",
            ]
        )
        #expect(try await maestro.run("submit", file, "--json").object()["deadOrCancelled"] as? Int == 1)
        #expect(try await maestro.run("retry", "last").code == 0)
        let known = try await maestro.run("submit", file, "/no-such-1")
        #expect(known.code == 1 && known.err.contains("hint: the others were known already"))
        let nowhere = try await maestro.run("submit", "/no-such-1", "/no-such-2")
        #expect(nowhere.code == 1 && nowhere.err.contains("hint: nothing was stored"))
    }

    @Test func `says what does not count of a job that is known, and what to do`() async throws {
        let file = try chats(2)
        _ = try await maestro.run("submit", file, "--piece", "fix-issue")
        let same = try await maestro.run("submit", file, "--piece", "fix-issue", "--project", "global")
        #expect(same.err == "")
        let other = try await maestro.run("submit", file, "--piece", "review-change", "--outcome", "failed")
        #expect(other.lines.first == "2 jobs: 2 known already")
        #expect(
            other.err.hasPrefix(
                "note: `--piece`, `--outcome` not applied to 2 jobs, as `chat-0`, which were known already"
            )
        )
        let named = try await maestro.run(
            "submit",
            try chats(1),
            "--task",
            "x",
            "--project",
            "p",
            "--piece",
            "fix-issue"
        )
        #expect(
            named.err.hasPrefix(
                "note: `--project`, `--task` not applied to job `chat-0`, which was known already and stays as it is; "
                    + "with --job NAME it is queued as another job"
            )
        )
        let fresh = try await maestro.run("submit", try chats(1), "--task", "x", "--job", "y")
        #expect(fresh.err == "" && fresh.lines.first == "1 job: 1 queued")
        #expect(
            try await maestro.run("reflect", try chats(1), "--piece", "review-change").err.contains(
                "`--piece` not applied"
            )
        )
    }

    @Test(arguments: [
        ["--piece", ""], ["--piece", "../x"], ["--piece", "Fix"], ["--project", "   "], ["--task", " "],
        ["--job", "\t"],
    ])
    func `refuses what names nothing`(option: [String]) async throws {
        let finished = try await maestro.run(["submit", try chats(1)] + option) { _ in }
        #expect(finished.code == 2 && finished.out == "")
        #expect(finished.err.contains("`\(option[0])"))
    }

    @Test func `cancels for good what a person reflects on in the foreground`() async throws {
        let file = try chats(1)
        try await TestServer.run(Script([Behaviour.reply(Self.nothing).delayed(by: .seconds(2))])) { server in
            let binary = asking(server)
            async let reflected = binary.run("reflect", file)
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await binary.run("cancel", "chat-0").lines == ["cancelled job `chat-0`, which was running"])
            let ended = try await reflected
            #expect(ended.code != nil && ended.out.contains("cancelled"), "\(ended)")
            #expect(server.requests.count == 1)
            #expect(try await binary.run("jobs").out.hasPrefix("cancelled  chat-0"))
        }
    }

    @Test func `refuses one name for several files, and an empty one`() async throws {
        let file = try chats(1)
        #expect(try await maestro.run("submit", file, file, "--job", "x").code == 2)
        #expect(try await maestro.run("submit", file, "--job", "").code == 2)
        #expect(try await maestro.run("jobs", "--json").out.isEmpty)
        let nameless = TemporaryFolder.path.appending("nameless.json").string
        let chat = "{\"id\":\"\",\"messages\":[{\"role\":\"user\",\"content\":\"please tidy up\"}]}"
        try chat.write(toFile: nameless, atomically: true, encoding: .utf8)
        #expect(try await maestro.run("submit", nameless).code == 0)
        #expect(
            try #require(try await maestro.run("jobs", "--json").out.firstMatch(of: /"job":"([^"]+)"/)).1.count == 16
        )
    }

    @Test func `has workers that serve all users, and none that serves one`() async throws {
        _ = try await maestro.run("submit", try chats(1))
        let named = try await maestro.run("work", "--drain", "--user", "ann")
        #expect(named.code == 2 && named.out == "")
        #expect(named.err.contains("a worker serves all users"))
        #expect(try await maestro.run("jobs").lines.last == "1 queued; no worker runs")
    }

    @Test(arguments: [false, true])
    func `ends a worker by a signal and keeps its job`(twice: Bool) async throws {
        _ = try await maestro.run("submit", try chats(1))
        try await TestServer.run(Script([Behaviour.named(.hang)])) { server in
            let binary = asking(server, ["MAESTRO_WORKER_STOP_SECONDS": twice ? "600" : "0"])
            let ended = try await binary.run(["work"]) { send in
                while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                #expect(try await maestro.run().out.contains("a worker runs (pid "))
                try send(.terminate)
                if twice {
                    // Signals of one kind that come close together are one.
                    try await Task.sleep(for: .milliseconds(300))
                    try send(.terminate)
                }
            }
            #expect(ended.code == (twice ? 143 : 0))
            #expect(ended.lines.contains("1 left in the queue"))
            #expect(ended.err.contains("worker is told to stop; told once more it cuts its calls"))
            #expect(ended.err.contains("told twice to stop") == twice)
        }
        // Handed back, not left to be taken over from somebody dead.
        let job = try #require(try await maestro.run("jobs", "--json").objects().first)
        #expect(job["failures"] as? Int == 0 && job["takeovers"] as? Int == 0 && job["state"] as? String == "queued")
        #expect(try await maestro.run("work", "--drain").lines.first == "1 job ended: 1 abstained")
    }

    @Test func `tells a drain that was told to stop from one that is done`() async throws {
        _ = try await maestro.run("submit", try chats(2))
        try await TestServer.run(Script([Behaviour.named(.hang)])) { server in
            let ended = try await asking(server, ["MAESTRO_WORKER_STOP_SECONDS": "0"]).run(["work", "--drain"]) {
                send in
                while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                try send(.interrupt)
            }
            #expect(ended.code == 1)
            #expect(ended.err.contains("2 jobs were left: told to stop"))
        }
    }

    /// `nohup` has said that the worker is to outlive its terminal.
    @Test(arguments: [false, true])
    func `ends a worker whose terminal is closed, but for one that is to outlive it`(isDetached: Bool) async throws {
        _ = try await maestro.run("submit", try chats(1))
        try await TestServer.run(Script([Behaviour.named(.hang)])) { server in
            var binary = asking(server, ["MAESTRO_WORKER_STOP_SECONDS": "0"])
            if isDetached { binary.wrapper = ["/usr/bin/nohup"] }
            let ended = try await binary.run(["work"]) { send in
                while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                try send(.terminalClosed)
                guard isDetached else { return }
                try await Task.sleep(for: .milliseconds(500))
                #expect(try await maestro.run().out.contains("a worker runs (pid "))
                try send(.terminate)
            }
            #expect(ended.code == 0)
        }
        let job = try #require(try await maestro.run("jobs", "--json").objects().first)
        #expect(job["takeovers"] as? Int == 0 && job["state"] as? String == "queued")
    }

    /// A worker goes on when the file is mended; a person who waits is told before anything is written.
    @Test func `is not entered by a reflection whose key file cannot be read`() async throws {
        let keyless = Binary(
            environment: [
                "MAESTRO_LLM_ENDPOINT": "http://127.0.0.1:9/v1", "MAESTRO_LLM_API_KEY_FILE": "/nowhere/key",
            ]
        )
        let refused = try await keyless.run("reflect", try chats(1))
        #expect(refused.code == 2 && refused.err.contains("/nowhere/key"))
        #expect(try await maestro.run("jobs", "--json").out.isEmpty)
    }
}
