// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import SystemPackage
import Testing

@Suite(.temporaryFolder) struct `Operating` {
    private let maestro = Binary()

    @Test func `reports a piece and what leaves the machine as JSON too`() async throws {
        let piece = try await maestro.run("piece", "show", "fix-issue", "--json").object()
        let privacy = try await maestro.run("doctor", "--privacy", "--json").object()

        #expect(piece["own"] as? Bool == false)
        #expect((piece["text"] as? String)?.contains("name: fix-issue") == true)
        #expect((privacy["privacy"] as? [String])?.first?.hasPrefix("Nothing leaves this machine") == true)
    }

    private func write(settings: String) throws {
        try FileManager.default.createDirectory(
            atPath: Binary.data.string,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try Data(settings.utf8).write(to: URL(filePath: Binary.data.appending("maestro.yaml").string))
    }

    @Test func `starts with a settings file that is never overwritten`() async throws {
        #expect(try await maestro.run("init").code == 0)
        let file = Binary.data.appending("maestro.yaml").string
        let mine = "reflection:\n  mode: review\n"
        try Data(mine.utf8).write(to: URL(filePath: file))
        let again = try await maestro.run("init")

        #expect(again.code == 0)
        #expect(again.out.contains("left as it is"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == mine)
    }

    @Test func `refuses a variable that nobody knows, and names one that a person sets`() async throws {
        let finished = try await Binary(environment: ["MAESTRO_PROJECT": "x"]).run("log")

        #expect(finished.code == 2)
        #expect(finished.err.hasPrefix("error: unknown variable `MAESTRO_PROJECT`\nhint: did you mean `MAESTRO_"))
        #expect(!finished.err.contains("MAESTRO_STRICT"))
    }

    @Test func `is well in a new folder`() async throws {
        let finished = try await maestro.run("doctor")

        #expect(finished.code == 0, "\(finished.out)")
        #expect(finished.out.contains("SQLite: version"))
        #expect(try await maestro.run("doctor", "--json").objects().allSatisfy { $0["level"] as? String != "problem" })
    }

    @Test func `shows settings with their values and places, and no secret`() async throws {
        try write(settings: "reflection:\n  maxChanges: 5\nllm:\n  apiKey: hush-hush\n  headers: {x-team: also-hush}\n")
        var set = maestro
        set.environment = ["MAESTRO_REFLECTION_MODE": "review"]
        let finished = try await set.run("doctor")

        #expect(finished.code == 0, "\(finished.out)")
        #expect(finished.out.contains("reflection.maxChanges: 5 (\(Binary.data)/maestro.yaml:2)"))
        #expect(finished.out.contains("reflection.mode: review (MAESTRO_REFLECTION_MODE)"))
        #expect(finished.out.contains("llm.apiKey: <redacted>"))
        #expect(!finished.out.contains("hush"))
    }

    @Test func `finds an entry that cannot be read, and leaves it`() async throws {
        _ = try await maestro.run("remember", "Never edit generated files", "--project", "global")
        let file = Binary.data.appending("users/me/memory/broken.md").string
        try Data("no front matter\n".utf8).write(to: URL(filePath: file))
        let finished = try await maestro.run("doctor")

        #expect(finished.code == 1)
        #expect(finished.out.contains("broken.md"))
        #expect(finished.out.contains("hint: "))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "no front matter\n")
    }

    @Test func `finds a server that is not there`() async throws {
        var far = maestro
        // Port 9 (discard) of this machine: nobody listens.
        far.environment = ["MAESTRO_LLM_ENDPOINT": "http://127.0.0.1:9/v1"]
        let finished = try await far.run("doctor")

        #expect(finished.code == 1)
        #expect(finished.out.contains("PROBLEM  model"))
    }

    @Test func `says where a data folder that somebody named was not there`() async throws {
        let folder = TemporaryFolder.path.appending("mistyped").string
        for command in [["jobs"], ["log"], ["memory", "list"], ["stats", "--json"]] {
            let finished = try await maestro.run(command + ["--data", folder]) { _ in }
            #expect(finished.code == 0)
            #expect(finished.err == "note: there was no data folder `\(folder)`; an empty one was made\n")
            #expect(try await maestro.run(command + ["--data", folder]) { _ in }.err == "")
            try FileManager.default.removeItem(atPath: folder)
        }
        #expect(try await maestro.run("jobs").err == "")
    }

    @Test func `says what leaves the machine`() async throws {
        #expect(try await maestro.run("doctor", "--privacy").out.contains("Nothing leaves this machine"))
        var far = maestro
        far.environment = [
            "OPENAI_BASE_URL": "https://api.example.com/v1?key=hush", "OPENAI_API_KEY": "hush",
        ]
        let finished = try await far.run("doctor", "--privacy")

        #expect(
            finished.out.contains("https://api.example.com/v1/chat/completions?<redacted>, which is another machine")
        )
        #expect(!finished.out.contains("hush"))
        let checked = try await far.run("doctor", "--offline", "--json")
        #expect(checked.out.contains("https://api.example.com/v1?<redacted>") && !checked.out.contains("hush"))
    }

    @Test(arguments: [
        ["--reflector", "nope"], ["--reflector", "llm"], ["--endpoint", "foo"], ["--endpoint", "https://a:b@c/v1"],
    ])
    func `refuses a model that cannot be asked as wrong use`(option: [String]) async throws {
        for command in [["work", "--drain"], ["reflect", Binary.example]] {
            let finished = try await maestro.run(command + option) { _ in }
            #expect(finished.code == 2 && finished.out == "", "\(command) \(finished.err)")
        }
    }

    @Test(arguments: [
        ("reflection:\n  maxChange: 5\n", "unknown setting `reflection.maxChange`", "maestro.yaml:2"),
        (
            "reflection:\n  maxChanges: many\n", "`reflection.maxChanges` cannot be `many`",
            "a whole number from 1 to 50"
        ),
        ("reflection:\n  mode: fast\n", "`reflection.mode` cannot be `fast`", "auto, review"),
        ("reflection: [1]\n", "reflection", "maestro.yaml:1"), ("a: b: c\n", "is not valid YAML", "maestro.yaml"),
        ("- 1\n", "must hold keys and values", "maestro.yaml"),
    ])
    func `stops at settings that are wrong, and names key, value and line`(
        text: String,
        what: String,
        more: String
    ) async throws {
        try write(settings: text)
        let finished = try await maestro.run("log")

        #expect(finished.code == 2)
        #expect(finished.err.contains(what), "\(finished.err)")
        #expect(finished.err.contains(more), "\(finished.err)")
    }

    @Test func `stops at a variable that nobody knows`() async throws {
        var set = maestro
        set.environment = ["MAESTRO_REFLECTION_MOD": "review"]
        let finished = try await set.run("log")

        #expect(finished.code == 2)
        #expect(finished.err.contains("did you mean `MAESTRO_REFLECTION_MODE`?"))
    }

    @Test func `takes flags before variables before the file`() async throws {
        try write(settings: "reflection:\n  mode: review\n")
        #expect(try await maestro.reflectOnExample("--dry-run")["outcome"] as? String == "proposed")
        var set = maestro
        set.environment = ["MAESTRO_REFLECTION_MODE": "auto"]
        #expect(try await set.reflectOnExample("--dry-run")["outcome"] as? String == "applied")
        #expect(try await set.reflectOnExample("--dry-run", "--mode", "review")["outcome"] as? String == "proposed")
    }

    @Test func `sums up by outcome, user and piece`() async throws {
        #expect(try await maestro.run("stats").out == "No job was reflected on yet\n")
        try await maestro.reflectOnExample()
        let totals = try await maestro.run("stats", "--json").object()

        #expect((totals["total"] as? [String: Any])?["jobs"] as? Int == 1)
        #expect(Set((totals["outcomes"] as? [String: Any] ?? [:]).keys) == ["applied"])
        #expect(totals["codes"] as? [String: Int] == ["needs_review": 1])
        #expect(try await maestro.run("stats", "--user", "ann").out == "No job was reflected on yet\n")
        #expect(try await maestro.run("stats", "--user", "ann", "--all").out.contains("1 job"))
    }

    @Test func `keeps its data in the home folder where nobody says otherwise`() async throws {
        var plain = maestro
        plain.environment = ["MAESTRO_DATA": ""]
        _ = try await plain.run("log")

        #expect(
            FileManager.default.fileExists(atPath: TemporaryFolder.path.appending(".maestro/maestro.sqlite").string)
        )
    }

    @Test func `prints its version`() async throws {
        let finished = try await maestro.run("--version")

        #expect(finished.code == 0)
        #expect(finished.out.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }
}
