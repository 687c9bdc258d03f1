// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import MaestroTestServer
import SystemPackage
import Testing

/// `maestro fsck`, by the real binary.
@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `Checking the data folder` {
    private let maestro = Binary()
    private static let index = "users/me/reflections/index.jsonl"

    private func file(_ relative: String) -> FilePath { Binary.data.appending(relative) }

    private func remove(_ relative: String) throws { try FileManager.default.removeItem(atPath: file(relative).string) }

    private func findings(_ object: [String: Any]) throws -> [[String: Any]] {
        try #require(object["findings"] as? [[String: Any]])
    }

    private func codes(_ object: [String: Any]) throws -> Set<String> {
        Set(try findings(object).compactMap { $0["code"] as? String })
    }

    @Test func `where nothing is wrong says so, ends with 0, and leaves nothing behind`() async throws {
        try await maestro.reflectOnExample()
        let first = try await maestro.run("fsck")
        #expect(first.code == 0 && first.err == "")
        #expect(first.lines.last == "nothing is wrong")
        #expect(!first.out.contains("WRONG"))

        _ = try await maestro.run("fsck", "--repair")
        for _ in 0..<3 {
            let again = try await maestro.run("fsck", "--json").object()
            #expect(again["wrong"] as? Int == 0 && again["mended"] as? Int == 0)
            #expect(try codes(again) == ["database_versions", "log_size"], "a check left something to find")
        }
    }

    @Test func `that is not there yet is not wrong, and is not made`() async throws {
        let finished = try await maestro.run("fsck")
        #expect(finished.code == 0 && finished.out.contains("data_missing"))
        #expect(!FileManager.default.fileExists(atPath: Binary.data.string))
    }

    @Test func `that is damaged says what, where and what mends it, then mends it`() async throws {
        try await maestro.reflectOnExample()
        try remove(Self.index)

        let found = try await maestro.run("fsck")
        #expect(found.code == 1)
        #expect(found.lines.first?.hasPrefix("WRONG  index_missing  me: reflections/index.jsonl: ") == true)
        #expect(found.err == "error: 1 thing is wrong\nhint: `maestro fsck --repair` mends all of it\n")
        #expect(!FileManager.default.fileExists(atPath: file(Self.index).string))

        let mended = try await maestro.run("fsck", "--repair")
        #expect(mended.code == 0, "\(mended.out)")
        #expect(mended.lines.contains { $0.hasPrefix("mended  index_missing  me: ") })
        #expect(mended.lines.last?.hasSuffix("nothing is wrong") == true)
        #expect(try await maestro.run("fsck").code == 0)
    }

    @Test func `as JSON tells a found thing from a mended one`() async throws {
        try await maestro.reflectOnExample()
        try remove(Self.index)
        for repair in [false, true] {
            let finished = try await maestro.run(["fsck", "--json"] + (repair ? ["--repair"] : [])) { _ in }
            #expect(finished.code == (repair ? 0 : 1))
            let object = try finished.object()
            let finding = try #require(try findings(object).first { $0["code"] as? String == "index_missing" })
            #expect(
                Set(finding.keys) == ["code", "level", "user", "place", "message", "mend", "mendable", "mended"]
            )
            #expect(finding["level"] as? String == "wrong" && finding["user"] as? String == "me")
            #expect(finding["mendable"] as? Bool == true)
            #expect((finding["mended"] is String) == repair)
            #expect(object["wrong"] as? Int == (repair ? 0 : 1))
        }
    }

    @Test func `of one user leaves the others alone`() async throws {
        for user in ["me", "ann"] { try await maestro.reflectOnExample("--user", user) }
        try remove(Self.index)

        let ann = try await maestro.run("fsck", "--user", "ann", "--repair", "--json")
        #expect(ann.code == 0, "\(ann.out)")
        #expect(!FileManager.default.fileExists(atPath: file(Self.index).string))
        #expect(try await maestro.run("fsck", "--user", "me").code == 1)
        let all = try await maestro.run("fsck", "--json").object()
        #expect(try findings(all).filter { $0["level"] as? String == "wrong" }.map { $0["user"] as? String } == ["me"])
    }

    @Test(arguments: [["fsck", "--mend"], ["fsck", "extra"], ["fsck", "--user"]])
    func `in a way that nobody knows is wrong use`(arguments: [String]) async throws {
        let finished = try await maestro.run(arguments) { _ in }
        #expect(finished.code == 2 && finished.out == "" && finished.err.hasPrefix("Error: "), "\(finished.err)")
    }

    @Test func `without its database first asks for a backup`() async throws {
        try await maestro.reflectOnExample()
        for name in try FileManager.default.contentsOfDirectory(atPath: Binary.data.string)
        where name.hasPrefix("maestro.sqlite") {
            try remove(name)
        }
        let documents = try Binary.documents()
        let found = try await maestro.run("fsck")
        #expect(found.code == 1 && found.out.contains("database_missing") && found.out.contains("unharmed"))
        #expect(found.err.contains("hint: bring a backup of the database back; without one"))
        #expect(!FileManager.default.fileExists(atPath: file("maestro.sqlite").string))

        #expect(try await maestro.run("fsck", "--repair").code == 0)
        #expect(try Binary.documents() == documents)
    }

    @Test(arguments: ["no database at all", "a folder"])
    func `with something else for a database stays wrong, says what is unharmed, once, and what to do`(
        what: String
    ) async throws {
        try await maestro.reflectOnExample()
        for name in ["maestro.sqlite-wal", "maestro.sqlite-shm"]
        where FileManager.default.fileExists(atPath: file(name).string) {
            try remove(name)
        }
        try remove("maestro.sqlite")
        let isFolder = what == "a folder"
        if isFolder {
            try FileManager.default.createDirectory(
                atPath: file("maestro.sqlite").string,
                withIntermediateDirectories: false
            )
        } else {
            try Data(repeating: 65, count: 5000).write(to: URL(filePath: file("maestro.sqlite").string))
        }
        for arguments in [["fsck"], ["fsck", "--repair"]] {
            let finished = try await maestro.run(arguments) { _ in }
            #expect(finished.code == 1)
            let line = try #require(finished.lines.first)
            #expect(line.hasPrefix("WRONG  database_unusable  maestro.sqlite: "))
            #expect(line.components(separatedBy: "unharmed").count == 2, "\(line)")
            #expect(line.contains("move the database away") != isFolder, "\(line)")
            #expect(finished.lines.count == 1, "\(finished.out)")
        }
    }

    @Test func `with a file for a user's folder says that it is in the way`() async throws {
        try await maestro.reflectOnExample()
        try remove("users/me")
        try Data("mine".utf8).write(to: URL(filePath: file("users/me").string))
        let finished = try await maestro.run("fsck", "--repair")
        #expect(finished.code == 1)
        #expect(finished.out.contains("check_failed") && finished.out.contains("move it away"), "\(finished.out)")
        #expect(try String(contentsOfFile: file("users/me").string, encoding: .utf8) == "mine")
    }

    /// The worker has the job, and its model does not answer before the check has ended.
    @Test(arguments: [false, true])
    func `beside a worker finds nothing wrong, and takes nothing from it`(repair: Bool) async throws {
        let (asked, wasAsked) = AsyncStream.makeStream(of: Void.self)
        let (checked, wasChecked) = AsyncStream.makeStream(of: Void.self)
        let script = Script { _, _ in
            wasAsked.yield()
            var behaviour = Behaviour.reply(Self.nothing)
            behaviour.hold = { for await _ in checked { break } }
            return behaviour
        }
        try await TestServer.run(script) { server in
            let asking = Binary(environment: ["MAESTRO_LLM_ENDPOINT": server.url])
            #expect(try await asking.run(["submit", Binary.example]) { _ in }.code == 0)
            let drained = try await asking.run(["work", "--drain"]) { _ in
                // Whatever comes, the model answers in the end.
                defer { wasChecked.finish() }
                for await _ in asked { break }
                let finished = try await asking.run(["fsck", "--json"] + (repair ? ["--repair"] : [])) { _ in }
                #expect(finished.code == 0, "\(finished.out) \(finished.err)")
                #expect(try findings(try finished.object()).allSatisfy { $0["level"] as? String == "information" })
            }
            #expect(drained.code == 0, "\(drained.err)")
            #expect(drained.lines.first == "1 job ended: 1 abstained")
            #expect(server.requests.count == 1)
        }
        #expect(try await maestro.run("fsck").code == 0)
    }

    private static let nothing = """
        {"reasoning":"routine","memory_changes":[],"piece_edit":{"why":"","events":[],"edits":[]}}
        """
}
