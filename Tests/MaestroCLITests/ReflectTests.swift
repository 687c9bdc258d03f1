// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import SystemPackage
import Testing

@Suite(.temporaryFolder) struct `Reflecting` {
    private let maestro = Binary()

    @Test func `tells what was learned, on whose words, where it lies and how to undo it, in twenty lines`()
        async throws
    {
        let finished = try await maestro.run("reflect", Binary.example, "--reflector", "offline")

        #expect(finished.code == 0)
        #expect(finished.err == "")
        #expect(finished.lines.count <= 20)
        let file = try #require(finished.lines.first { $0.hasSuffix(".md") }?.trimmingCharacters(in: .whitespaces))
        #expect(FileManager.default.fileExists(atPath: file))
        #expect(finished.out.contains("event 31, line 29, user"))
        #expect(finished.out.contains("Waits for you"))
        #expect(finished.out.contains("The next such job would be told"))
        #expect(finished.out.contains("Undo: maestro revert "))
        #expect(!finished.out.contains("\u{1B}"))
    }

    @Test func `prints every key that scripts depend on`() async throws {
        let object = try await maestro.reflectOnExample()
        let keys = [
            "reflection", "job", "user", "scope", "piece", "jobOutcome", "outcome", "reflector", "memoryChanges",
            "pieceEdited", "decisions", "tokensIn", "tokensOut", "durationMs", "snapshot", "digest", "error",
        ]

        #expect(keys.filter { object[$0] == nil } == [])
        #expect(object["tokensIn"] is NSNull)
        #expect(object["scope"] as? String == Binary.exampleProject)
        #expect(object["outcome"] as? String == "applied")
        let digest = try #require(object["digest"] as? [String: Int])
        #expect(Set(digest.keys) == ["bytes", "ofBytes"])
        let decisions = try #require(object["decisions"] as? [[String: Any]])
        for decision in decisions {
            #expect(["op", "name", "verdict", "code", "message"].filter { decision[$0] == nil } == [])
        }
        #expect(decisions.map { $0["verdict"] as? String } == ["accepted", "waiting"])
        #expect(decisions.map { $0["code"] as? String } == [nil, "needs_review"])
        let snapshot = try #require(object["snapshot"] as? String)
        #expect(FileManager.default.fileExists(atPath: snapshot + "/manifest.json"))
    }

    @Test func `of the same job gives the first receipt`() async throws {
        let first = try await maestro.reflectOnExample()
        let before = try Binary.documents()
        let second = try await maestro.reflectOnExample()

        #expect(second["reflection"] as? String == first["reflection"] as? String)
        #expect(first["alreadyDone"] as? Bool == false)
        #expect(second["alreadyDone"] as? Bool == true)
        #expect(try Binary.documents() == before)
        let told = try await maestro.run("reflect", Binary.example, "--reflector", "offline")
        #expect(told.out.contains("done before"))
    }

    @Test func `of a session that went on since learns from what is new`() async throws {
        let whole = try String(contentsOfFile: Binary.example, encoding: .utf8)
        let start = whole.split(separator: "\n").prefix(20).joined(separator: "\n")
        _ = try await maestro.run("reflect", "-", input: start)
        let finished = try await maestro.run("reflect", "-", "--json", input: whole)

        #expect(finished.code == 0)
        let receipt = try finished.object()
        #expect(receipt["alreadyDone"] as? Bool == false)
        #expect((receipt["job"] as? String)?.hasPrefix("first-session#") == true)
        #expect(finished.err.contains("went on since it was reflected on"))
    }

    @Test func `of the example ends with the reader's own newest session`() async throws {
        let projects = TemporaryFolder.path.appending(".claude/projects/app")
        try FileManager.default.createDirectory(atPath: projects.string, withIntermediateDirectories: true)
        for (name, age) in [("old", 100.0), ("new", 10)] {
            let file = projects.appending("\(name).jsonl").string
            let time = Date(timeIntervalSinceNow: -age)
            try Data().write(to: URL(filePath: file))
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file)
        }
        let finished = try await maestro.run("reflect", Binary.example, "--reflector", "offline", "--example")

        #expect(finished.lines.count <= 20)
        #expect(
            finished.lines.last?.contains("reflect '\(projects.appending("new.jsonl"))'") == true,
            "\(finished.out)"
        )
    }

    @Test func `reads standard input`() async throws {
        let finished = try await maestro.run("reflect", "-", "--project", "global", "--json", input: Binary.chat())

        #expect(finished.code == 0)
        #expect(try finished.object()["outcome"] as? String == "applied")
        #expect(try Binary.documents().keys.contains { $0.hasPrefix("memory/feedback-") })
    }

    @Test func `tells what of the source could not be read`() async throws {
        let whole = try String(contentsOfFile: Binary.example, encoding: .utf8)
        let source = whole + #"{"type":"hologram","sessionId":"s"}"# + "\n" + #"{"type":"user","mess"#
        let told = try await maestro.run("reflect", "-", "--dry-run", input: source)
        let object = try await maestro.run("reflect", "-", "--dry-run", "--json", input: source).object()

        #expect(told.out.contains("Note: the last line (35) is cut off"), "\(told.out)")
        #expect(told.out.contains("1 record of unknown kinds passed over"))
        #expect((object["sourceNotes"] as? [String])?.first?.hasPrefix("the last line") == true)
        #expect(object["unknownRecords"] as? [String: Int] == ["hologram": 1])
        let text = try await maestro.run("reflect", "-", "--dry-run", input: "always run make lint\n")
        #expect(text.out.contains("nothing in it counts as a person's words"))
    }

    @Test func `in a dry run decides, and writes nothing`() async throws {
        let dry = try await maestro.reflectOnExample("--dry-run")

        #expect(dry["outcome"] as? String == "applied")
        #expect(dry["dryRun"] as? Bool == true)
        #expect(dry["snapshot"] is NSNull)
        #expect(try Binary.documents() == [:])
        #expect(try await maestro.run("log", "--json").out == "")
        let real = try await maestro.reflectOnExample()
        #expect(real["alreadyDone"] as? Bool == false)
    }

    @Test func `in a dry run offers nothing to decide and nothing to undo`() async throws {
        let dry = try await maestro.run("reflect", Binary.example, "--reflector", "offline", "--dry-run")

        #expect(dry.out.contains("Dry run: nothing was written"))
        #expect(!dry.out.contains("Undo:") && !dry.out.contains("Decide:"), "\(dry.out)")
    }

    @Test func `refuses a pipe in place of a file instead of waiting for it`() async throws {
        let pipe = TemporaryFolder.path.appending("pipe").string
        #expect(mkfifo(pipe, 0o600) == 0)
        let finished = try await maestro.run("reflect", pipe)

        #expect(finished.code == 2)
        #expect(
            finished.err
                == "error: `\(pipe)` is no regular file\nhint: for a pipe write `-` in its place, and pipe it in\n"
        )
    }

    @Test(arguments: [">/dev/full", ">&-", ">&- 2>&- <&-"])
    func `whose output cannot be written is done, and is no crash`(output: String) async throws {
        let finished = try await maestro.shell("reflect '\(Binary.example)' --reflector offline \(output)")

        #expect(finished.code == (output.contains("full") ? 1 : 0), "\(finished.err)")
        #expect(!finished.err.contains("rash"), "\(finished.err)")
        #expect(try Binary.documents().count == 2)
        #expect(try await maestro.run("doctor", "--offline").code == 0)
    }

    @Test func `in review mode lets everything wait`() async throws {
        let object = try await maestro.reflectOnExample("--mode", "review")

        #expect(object["outcome"] as? String == "proposed")
        #expect(try Binary.documents() == [:])
    }

    @Test func `takes what the caller says for more than what the source says`() async throws {
        let object = try await maestro.reflectOnExample(
            "--project",
            "github.com/acme/app",
            "--outcome",
            "failed",
            "--job",
            "job-7",
            "--user",
            "ann"
        )

        #expect(object["scope"] as? String == "github.com/acme/app")
        #expect(object["jobOutcome"] as? String == "failed")
        #expect(object["jobOutcomeInferred"] is NSNull)
        #expect(object["job"] as? String == "job-7")
        #expect(try Binary.documents(of: "ann").count == 2)
        #expect(try Binary.documents() == [:])
    }

    @Test func `of a job whose log says nothing abstains, and that is no error`() async throws {
        let chat = Binary.chat(saying: "Which file was it?")
        let finished = try await maestro.run("reflect", "-", "--json", input: chat)

        #expect(finished.code == 0)
        #expect(try finished.object()["outcome"] as? String == "abstained")
        #expect(try Binary.documents() == [:])
    }

    @Test func `never stores or shows a secret`() async throws {
        // Put together here, so that no scanner of repositories takes it for a real one.
        let secret = "ghp_" + String(repeating: "aB3dE6", count: 6)
        let chat = Binary.chat(saying: "From now on, always use the token \(secret) for pushing.")
        let finished = try await maestro.run("reflect", "-", "--task", "push with \(secret)", "--json", input: chat)

        #expect(!finished.out.contains(secret))
        #expect(!finished.err.contains(secret))
        for file in try FileManager.default.subpathsOfDirectory(atPath: Binary.data.string) {
            let bytes = FileManager.default.contents(atPath: Binary.data.appending(file).string) ?? Data()
            #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file)")
        }
    }

    @Test func `of many files tells each, and one that cannot be read stops none`() async throws {
        let bad = TemporaryFolder.path.appending("bad.json").string
        try Data("{\"a\": 1}".utf8).write(to: URL(filePath: bad))
        let finished = try await maestro.run("reflect", bad, Binary.example, "--reflector", "offline", "--json")

        #expect(finished.code == 1)
        #expect(try finished.object()["outcome"] as? String == "applied")
        #expect(finished.err.contains("`\(bad)` is JSON of an unknown shape"))
        #expect(finished.err.contains("1 of 2 files could not be read"))
    }

    @Test(arguments: [
        (["reflect"], "Missing expected argument"), (["reflect", "absent.jsonl"], "`absent.jsonl` does not exist"),
        (["reflect", "."], "is a folder"),
        (["reflect", "x", "--outcome", "great"], "succeeded, failed, aborted or unknown"),
        (["reflect", "x", "--format", "toml"], "claude-code, openai-chat"),
        (["reflect", "x", "--nonsense"], "--nonsense"),
        (["frobnicate"], "frobnicate"), (["reflect", "x", "--user", ""], "--user"),
        (["reflect", "x", "--data", ""], "--data"), (["show", "zzz"], "no reflection has the id `zzz`"),
        (["diff", "zzz-1"], "no reflection has the id `zzz`"), (["show", ""], "no reflection has the id"),
        (["log", "--limit", "0"], "--limit must be above 0"), (["revert"], "--since"),
        (["revert", "last", "--since", "2d"], "--since"),
        (["revert", "--since", "soon"], "`soon` is no time"), (["log", "--since", "1e400d"], "is no time"),
        (["review", "--accept", "zzz"], "no waiting change has the id `zzz`"),
        (["review", "--reject", "zzz"], "--reason"), (["remember"], "Missing expected argument"),
        (["remember", " "], "no text"), (["remember", "x", "--type", "idea"], "user, feedback, project, reference"),
        (["memory", "show", "absent"], "no entry here is named `absent`"),
        (["memory", "show", "../x"], "no name of an entry"),
        (["memory", "edit", "absent", "--file", "-"], "no entry here is named"),
        (["piece", "show", "absent"], "no piece is named `absent`"), (["piece", "edit", "../x"], "no name of a piece"),
        (["recall"], "Missing expected argument"), (["recall", "x", "--budget", "0"], "--budget"),
    ])
    func `answers wrong use with 2 and a sentence on stderr`(arguments: [String], sentence: String) async throws {
        let finished = try await maestro.run(arguments) { _ in }

        #expect(finished.code == 2, "\(finished.err)")
        #expect(finished.out == "")
        #expect(finished.err.contains(sentence), "\(finished.err)")
    }

    @Test(arguments: [("", "is empty"), ("{\"resourceSpans\": []}", "OpenTelemetry"), ("\u{0}\u{1}", "standard input")])
    func `refuses what is no transcript with 1, and stores nothing`(text: String, sentence: String) async throws {
        let finished = try await maestro.run("reflect", "-", input: text)

        #expect(finished.code == 1, "\(finished.out)")
        #expect(finished.out == "")
        #expect(finished.err.contains(sentence))
        #expect(try Binary.documents() == [:])
    }
}
