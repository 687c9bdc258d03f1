// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// No file may grow beyond a limit for as long as the process lives: what a full disk or a quota does.
@Suite(
    .temporaryFolder,
    .timeLimit(.minutes(3)),
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit"), "`prlimit` is missing")
)
struct `A disk that stays full` {
    /// The log of the database has so many bytes in the middle of a worker's job.
    @Test(
        arguments: OutsideForm.current.isFull
            ? Array(stride(from: 20_000, through: 160_000, by: 10_000)) : [30_000, 36_000]
    )
    func `ends a drain with a sentence, and the next one does what was left`(bytes: Int) async throws {
        let data = DataFolder(path: Binary.data.string)
        try await TestServer.run(Scenario.script) { server in
            for command in try Scenario.work.preparation() {
                #expect(try await Stage.maestro(data, server).run(command) { _ in }.code == 0)
            }
            let before = try data.documents()
            var limited = Stage.maestro(data, server)
            limited.wrapper = ["/usr/bin/env", "--ignore-signal=XFSZ", "/usr/bin/prlimit", "--fsize=\(bytes)"]
            let full = try await limited.run("work", "--drain")
            #expect(full.code == 0 || full.code == 1, "\(full.status)")
            if full.code == 1 { #expect(full.err.contains("error: ") && full.err.contains("hint: "), "\(full.err)") }
            let isCommitted = try data.count("SELECT count(*) FROM plans") == 2
            if !isCommitted { #expect(try data.documents() == before) }

            let maestro = Stage.maestro(data, server)
            _ = try await maestro.run("retry", "--dead")
            #expect(try await maestro.run("work", "--drain").code == 0)
            #expect(try data.documents().keys.contains("memory/feedback-short-lines.md"))
            #expect(server.requests.count <= 3)
            let checked = try await maestro.run("fsck")
            #expect(checked.code == 0, "\(checked.out)")
        }
    }
}

/// A file system on which no name can be exchanged with another, as some of those that are mounted from elsewhere.
@Suite(.temporaryFolder, .enabled(if: Strace.isUsable, Strace.absence)) struct `A disk that cannot exchange files` {
    @Test func `is refused before anything is stored`() async throws {
        var maestro = Binary()
        let file = TemporaryFolder.path.appending("chat.txt").string
        try "User: tidy up\nAgent: done\n".write(toFile: file, atomically: true, encoding: .utf8)
        maestro.wrapper =
            Strace(file: "/dev/null").command + ["-e", "trace=renameat2", "-e", "inject=renameat2:error=EINVAL"]
        let refused = try await maestro.run("submit", file)
        #expect(refused.code == 1)
        #expect(refused.err.contains("cannot exchange two files in one step, as every commit does; nothing was stored"))
        #expect(refused.err.contains("hint: choose a folder on another disk"))
        maestro.wrapper = []
        #expect(try await maestro.run("submit", file).code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: Binary.data.appending(".maestro").string)
        #expect(!names.contains { $0.hasPrefix("probe") })
    }
}
