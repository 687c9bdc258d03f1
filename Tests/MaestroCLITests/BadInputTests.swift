// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@testable import MaestroCLI

/// What operators and their scripts hand over, by the real binary.
@Suite(.temporaryFolder, .timeLimit(.minutes(3))) struct `Bad input` {
    private let maestro = Binary()

    private func file(_ name: String, _ text: String = "") throws -> String {
        let path = TemporaryFolder.path.appending(name).string
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    private func grow(_ path: String, by text: String) throws {
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    // MARK: - Files

    @Test(arguments: ["/nowhere/at/all.jsonl", "", ".", "/dev/zero", "/dev/null"])
    func `that is no file is wrong use, and nothing is waited for`(path: String) async throws {
        for command in ["reflect", "submit"] {
            let finished = try await maestro.run(command, path)
            #expect(finished.code == 2, "\(command): \(finished.err)")
            #expect(finished.err.hasPrefix("error: `\(path)` "))
        }
    }

    @Test func `of two gigabytes is refused at once, as a file and from standard input`() async throws {
        let path = try file("huge.jsonl")
        #expect(truncate(path, 2_000_000_000) == 0)
        for command in ["reflect", "submit"] {
            let finished = try await maestro.run(command, path)
            #expect(finished.code == 1)
            #expect(finished.err == "error: `\(path)` is larger than 1.0 GB\nhint: split it; nothing was stored\n")
        }
        // A hole reads as NUL bytes, so that this one is known for what it is long before its end.
        let input = try await maestro.shell("reflect - < '\(path)'")
        #expect(input.code == 1 && input.err.contains("holds zero bytes"))
        #expect(try await maestro.run("jobs", "--json").out == "")
    }

    @Test func `of one line of fifty megabytes is read without it, and says so`() async throws {
        let words = "Please mend the date test and nothing else"
        let lines = [
            #"{"type":"user","sessionId":"s-1","message":{"role":"user","content":"\#(words)"}}"#,
            #"{"type":"user","sessionId":"s-1","message":{"role":"user","content":"\#(String(repeating: "word ", count: 10_000_000))"}}"#,
            #"{"type":"assistant","sessionId":"s-1","message":{"role":"assistant","content":"Done"}}"#,
        ]
        let path = try file("long.jsonl", lines.joined(separator: "\n"))
        let submitted = try await maestro.run("submit", path)
        #expect(submitted.code == 0)
        #expect(
            submitted.err == "note: job `s-1`: left out, as too large: line 2 longer than 16.0 MB, 50.0 MB together\n"
        )
    }

    @Test func `that grows or shrinks while it is read ends all the same`() throws {
        let path = try file("growing.log", String(repeating: "a line of a log\n", count: 1000))
        let next = try TranscriptFile.pieces(of: path)
        var bytes = try next(100)
        for _ in 0..<50 {
            try grow(path, by: String(repeating: "and more\n", count: 1000))
            bytes += try next(400)
        }
        #expect(bytes.count == 16_000)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("more"))

        let rest = try TranscriptFile.pieces(of: path)
        _ = try rest(100)
        #expect(truncate(path, 50) == 0)
        #expect(try rest(1000).isEmpty)
    }

    @Test func `that grew is a continuation, and one that was cut off is not`() async throws {
        let turns = (1...6).map { turn in
            #"{"type":"\#(turn % 2 == 0 ? "assistant" : "user")","sessionId":"s-1","message":{"role":"x","content":"turn \#(turn)"}}"#
        }
        let path = try file("s.jsonl", turns[..<4].joined(separator: "\n") + "\n" + turns[4].prefix(30))
        _ = try await maestro.run("reflect", path, "--reflector", "offline")
        let cut = try file("cut.jsonl", turns[..<3].joined(separator: "\n"))
        #expect(try await maestro.run("submit", cut).lines.first == "1 job: 1 known already")
        try turns.joined(separator: "\n").write(toFile: path, atomically: false, encoding: .utf8)
        #expect(try await maestro.run("submit", path).lines.first == "1 job: 1 continued, with what is new")
    }

    // MARK: - The queue

    @Test func `of the same job from many sides at once is one job`() async throws {
        let path = try file("chat.json", Binary.chat())
        let maestro = maestro
        let tallies = try await withThrowingTaskGroup(of: Binary.Finished.self) { group in
            for _ in 0..<20 { group.addTask { try await maestro.run("submit", path, "--json") } }
            return try await group.reduce(into: []) { $0.append(try $1.object()) }
        }
        #expect(tallies.compactMap { $0["queued"] as? Int }.reduce(0, +) == 1)
        #expect(tallies.compactMap { $0["known"] as? Int }.reduce(0, +) == 19)
        _ = try await maestro.run("work", "--drain")
        #expect(try await maestro.run("log", "--json").objects().count == 1)
    }

    @Test func `while the queue is paused is taken, and done when it goes on`() async throws {
        let path = try file("chat.json", Binary.chat())
        #expect(try await maestro.run("pause").code == 0)
        #expect(try await maestro.run("submit", path).lines.first == "1 job: 1 queued")
        let held = try await maestro.run("work", "--drain")
        #expect(held.lines.first == "0 jobs ended")
        #expect(try await maestro.run("jobs", "--json").objects().count == 1)
        #expect(try await maestro.run("pause", "--off").code == 0)
        #expect(try await maestro.run("work", "--drain").lines.first?.hasPrefix("1 job") == true)
    }

    @Test func `of a user whose folder was deleted is reflected on in a new one`() async throws {
        let path = try file("chat.json", Binary.chat())
        _ = try await maestro.reflectOnExample()
        let folder = Binary.data.appending("users").appending("me").string
        _ = try await maestro.run("submit", path)
        try FileManager.default.removeItem(atPath: folder)
        let worked = try await maestro.run("work", "--drain")
        #expect(worked.code == 0)
        #expect(worked.lines.first?.contains("1 applied") == true, "\(worked.out)")
        #expect(try Binary.documents().values.contains { $0.contains("make lint") })
    }

    // MARK: - Line breaks and escapes

    private static let nasty = "\u{1B}[2J\u{1B}]0;owned\u{7}\u{9B}31m\u{202E}gnp.exe\r\nerror: forged\nnote: forged"

    @Test func `with escapes and line breaks in its names never drives the terminal or forges a line`() async throws {
        let quoted = try String(decoding: JSONEncoder().encode(Self.nasty), as: UTF8.self).dropFirst().dropLast()
        let wish = "From now on, always run `make lint` before you push."
        let lines = ["Fix the date test.", "Done.", "\(wish) \(quoted)", "I will."].enumerated().map { index, text in
            #"{"type":"\#(index % 2 == 0 ? "user" : "assistant")","sessionId":"s\#(quoted)","cwd":"/p\#(quoted)","message":"#
                + #"{"role":"x","content":"\#(text)"}}"#
        }
        let path = try file("session.jsonl", lines.joined(separator: "\n"))
        var said = [try await maestro.run("reflect", path, "--reflector", "offline")]
        #expect(said[0].code == 0)
        for command in [
            ["log"], ["show", "last"], ["jobs"], ["memory", "list"], ["review", "--list"], ["stats"], [],
        ] {
            said.append(try await maestro.run(command) { _ in })
            #expect(said.last?.code == 0)
        }
        for command in [
            ["reflect", "/nowhere/\(Self.nasty)"], ["retry", Self.nasty], ["jobs", "--user", Self.nasty],
        ] {
            said.append(try await maestro.run(command) { _ in })
            #expect(said.last?.code == 2)
        }
        for flag in ["--job", "--project", "--piece", "--user"] {
            said.append(try await maestro.run("reflect", path, flag, Self.nasty))
            #expect(said.last?.code == 2 && said.last?.err.contains("must stand on one line") == true)
        }
        for finished in said {
            let text = finished.out + finished.err
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || $0.value >= 0x20 }, "\(text)")
            #expect(["\u{7F}", "\u{9B}", "\u{202E}"].allSatisfy { !text.contains($0) })
            #expect(text.split(separator: "\n").allSatisfy { !$0.hasPrefix("error: forged") }, "\(text)")
            #expect(text.split(separator: "\n").allSatisfy { !$0.hasPrefix("note: forged") }, "\(text)")
        }
    }
}
