// SPDX-License-Identifier: Apache-2.0
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

@testable import MaestroCLI

@Suite(.temporaryFolder) struct `Options before the command` {
    @Test(arguments: [
        ("--data d jobs", "jobs --data d"), ("--data d jobs --limit 2", "jobs --data d --limit 2"),
        ("--data=d --user ann --json log", "log --data=d --user ann --json"),
        ("--data d memory list --json", "memory list --data d --json"),
        ("--data a jobs --data b", "jobs --data a --data b"), ("jobs --data d", "jobs --data d"),
        ("--data jobs", "--data jobs"), ("--data jobs jobs", "jobs --data jobs"), ("--data d", "--data d"),
        ("--data", "--data"), ("", ""), ("--help", "--help"), ("--limit 2 jobs", "--limit 2 jobs"),
        ("--data d nonsense", "--data d nonsense"), ("--json", "--json"),
    ])
    func `are read as behind it`(words: String, parsable: String) {
        let words = words.split(separator: " ").map(String.init)
        #expect(ArgumentOrder.parsable(words, of: MaestroCommand.self).joined(separator: " ") == parsable)
    }

    @Test func `reach the command`() async throws {
        let elsewhere = TemporaryFolder.path.appending("elsewhere").string
        let finished = try await Binary().run("--data", elsewhere, "--user", "ann", "jobs", "--limit", "2")
        #expect(finished.code == 0, "\(finished.err)")
        #expect(finished.lines == ["no job of user `ann`; no worker runs"])
    }
}
