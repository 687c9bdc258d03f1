// SPDX-License-Identifier: Apache-2.0
import MaestroTesting
import Testing

@Suite(.temporaryFolder) struct `Help` {
    @Test(arguments: [
        [], ["reflect"], ["log"], ["show"], ["diff"], ["revert"], ["review"], ["memory"], ["remember"], ["forget"],
        ["piece"], ["recall"], ["stats"], ["doctor"], ["init"],
    ])
    func `reads like this`(command: [String]) async throws {
        let finished = try await Binary(environment: ["COLUMNS": "80"]).run(command + ["--help"]) { _ in }

        #expect(finished.code == 0)
        #expect(finished.err == "")
        try Snapshot.expect(finished.out, is: "help-\((["maestro"] + command).joined(separator: "-")).txt")
    }
}
