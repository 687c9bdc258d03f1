// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import SystemPackage
import Testing

@Suite(.temporaryFolder) struct `A person's own words` {
    private let maestro = Binary()

    private func remembered(_ text: String = "Never edit generated files") async throws -> String {
        let finished = try await maestro.run("remember", text, "--project", "global", "--json")
        try #require(finished.code == 0, "\(finished.err)")
        let decisions = try #require(try finished.object()["decisions"] as? [[String: Any]])
        return try #require(decisions.first?["name"] as? String)
    }

    @Test func `are kept at once, with a row, and can be taken back`() async throws {
        let name = try await remembered()

        #expect(try Binary.documents()["memory/\(name).md"]?.contains("Never edit generated files") == true)
        #expect(try await maestro.run("log", "--json").object()["kind"] as? String == "person")
        #expect(try await maestro.run("stats", "--json").out.contains("\"jobs\":0"))
        _ = try await maestro.run("revert", "last")
        #expect(try Binary.documents() == [:])
    }

    @Test func `are forgotten and brought back`() async throws {
        let name = try await remembered()
        let before = try Binary.documents()
        let finished = try await maestro.run("forget", name, "--project", "global")

        #expect(finished.code == 0)
        #expect(try Binary.documents() == [:])
        _ = try await maestro.run("revert", "last")
        #expect(try Binary.documents() == before)
    }

    @Test func `belong to the project of the folder they are said in`() async throws {
        let git = TemporaryFolder.path.appending(".git")
        try FileManager.default.createDirectory(atPath: git.string, withIntermediateDirectories: true)
        let configuration = "[remote \"origin\"]\n\turl = https://ada:key@github.com/acme/app.git\n"
        try Data(configuration.utf8).write(to: URL(filePath: git.appending("config").string))
        let finished = try await maestro.run("remember", "Never edit generated files", "--json")

        #expect(try finished.object()["scope"] as? String == "github.com/acme/app")
        #expect(try Binary.documents().keys.contains { $0.hasPrefix("projects/github.com%2facme%2fapp/memory/") })
    }

    @Test func `are refused where they hold a secret`() async throws {
        let secret = "ghp_" + String(repeating: "aB3dE6", count: 6)
        let finished = try await maestro.run("remember", "Push with \(secret)")

        #expect(finished.code == 1)
        #expect(finished.err.contains("looks like a secret"))
        #expect(!finished.err.contains(secret))
        #expect(try Binary.documents() == [:])
        #expect(try await maestro.run("log", "--json").out == "")
    }

    @Test func `are listed, shown and searched`() async throws {
        let name = try await remembered()
        _ = try await remembered("Write dates as ISO 8601")

        let list = try await maestro.run("memory", "list", "--json").objects()
        #expect(list.count == 2)
        #expect(list.allSatisfy { ($0["author"] as? String)?.count == 16 })
        #expect(try await maestro.run("memory", "show", name).out == (try Binary.documents()["memory/\(name).md"]))
        let found = try await maestro.run("memory", "search", "generated code", "--json").objects()
        #expect(found.map { $0["name"] as? String } == [name])
        #expect(try await maestro.run("memory", "search", "zebra").out == "No entry shares a word with that\n")
    }

    @Test func `are edited from a file, from standard input and in an editor`() async throws {
        let name = try await remembered()
        let path = "memory/\(name).md"
        let text = try #require(try Binary.documents()[path])
        let edited = try await maestro.run(
            "memory",
            "edit",
            name,
            "--file",
            "-",
            input: text + "\nAnd never commit them.\n"
        )

        #expect(edited.code == 0, "\(edited.err)")
        #expect(try Binary.documents()[path] == text + "\nAnd never commit them.\n")
        var inEditor = maestro
        inEditor.environment["EDITOR"] = "sed -i s/commit/push/"
        #expect(try await inEditor.run("memory", "edit", name).code == 0)
        #expect(try Binary.documents()[path]?.contains("And never push them.") == true)
        inEditor.environment["EDITOR"] = "false"
        let failed = try await inEditor.run("memory", "edit", name)
        #expect(failed.code == 1)
        #expect(failed.err.contains("nothing was changed"))
        #expect(try await maestro.run("memory", "edit", name).err.contains("no editor is set"))
    }

    @Test func `that were edited into something else are refused, and the text is not lost`() async throws {
        let name = try await remembered()
        let before = try Binary.documents()
        var inEditor = maestro
        inEditor.environment["EDITOR"] = "sed -i 1d"
        let failed = try await inEditor.run("memory", "edit", name)

        #expect(failed.code == 1)
        #expect(try Binary.documents() == before)
        let path = try #require(failed.err.split(separator: "your text is in `").last?.split(separator: "`").first)
        #expect(FileManager.default.contents(atPath: String(path))?.isEmpty == false)
        try FileManager.default.removeItem(atPath: String(path))
    }

    @Test func `that are no entry any more are refused`() async throws {
        let name = try await remembered()
        let before = try Binary.documents()
        let finished = try await maestro.run("memory", "edit", name, "--file", "-", input: "no front matter")

        #expect(finished.code == 1)
        #expect(finished.err.contains("nothing was changed"))
        #expect(try Binary.documents() == before)
    }

    @Test func `are what the next job is told, and that it was told is kept`() async throws {
        let name = try await remembered()
        let told = try await maestro.run("recall", "edit the generated files", "--json").object()
        let entries = try #require(told["entries"] as? [[String: Any]])

        #expect(entries.map { $0["name"] as? String } == [name])
        #expect(entries.first?["inFull"] as? Bool == true)
        let markdown = try await maestro.run("recall", "edit", "the", "generated", "files")
        #expect(markdown.out.hasPrefix("# Remembered from earlier jobs\n"))
        #expect(!markdown.out.hasSuffix("\n\n"))
        let nothing = try await maestro.run("recall", "zebra")
        #expect(nothing.code == 0)
        #expect(nothing.out == "")
    }
}
