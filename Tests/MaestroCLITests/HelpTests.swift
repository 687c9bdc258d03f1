// SPDX-License-Identifier: Apache-2.0
import MaestroTesting
import Testing

@Suite(.temporaryFolder) struct `Help` {
    @Test(arguments: [
        ["pull"], ["push"],
        [], ["reflect"], ["log"], ["show"], ["diff"], ["revert"], ["review"], ["memory"], ["remember"], ["forget"],
        ["piece"], ["recall"], ["stats"], ["doctor"], ["init"], ["submit"], ["scan"], ["work"], ["jobs"], ["retry"],
        ["cancel"], ["fsck"], ["store"], ["store", "copy"],
        ["pause"],
    ])
    func `reads like this`(command: [String]) async throws {
        let finished = try await Binary(environment: ["COLUMNS": "80"]).run(command + ["--help"]) { _ in }

        #expect(finished.code == 0)
        #expect(finished.err == "")
        try Snapshot.expect(finished.out, is: "help-\((["maestro"] + command).joined(separator: "-")).txt")
    }

    @Test func `names the command that somebody meant`() async throws {
        let finished = try await Binary().run("refelct")

        #expect(finished.code == 2)
        #expect(finished.out.isEmpty)
        #expect(finished.err == "error: there is no command `refelct`\nhint: did you mean `reflect`? maestro --help\n")
    }

    @Test func `guesses no command from a word that is like none`() async throws {
        let finished = try await Binary().run("nonsense")

        #expect(finished.code == 2)
        #expect(finished.err == "error: there is no command `nonsense`\nhint: maestro --help lists all there are\n")
    }
}
