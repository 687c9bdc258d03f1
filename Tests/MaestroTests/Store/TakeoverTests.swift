// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@Suite struct `Taking a job over` {
    private static let reason = "its worker died or lost its lease"

    @Test(
        arguments: [
            (0, nil, .release(because: reason)),
            (1, "503", .release(because: "503")),
            (2, nil, .bury(error: "\(reason), 3 times")),
            (2, reason, .bury(error: "\(reason), 3 times")),
            (5, "503", .bury(error: "\(reason), 3 times; before that: 503")),
        ] as [(Int, String?, Takeover)]
    )
    func `puts it back twice, and lets it rest the third time`(earlier: Int, error: String?, expected: Takeover) {
        #expect(Takeover(after: earlier, error: error) == expected)
    }
}
