// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import MaestroCLI

@Suite struct `Signals that ask a process to end` {
    /// By milliseconds.
    @Test(
        arguments: [
            ([0], [.first]),
            ([0, 500, 900], [.first, .second, .third]),
            // As GNU `timeout` sends them, to the process and to its group.
            ([0, 1, 500], [.first, .none, .second]),
            ([0, 99, 199], [.first, .none, .second]),
            ([0, 500, 501, 502, 5000, 6000], [.first, .second, .none, .none, .third, .third]),
        ] as [([Int], [InterruptCount.Step])]
    )
    func `are counted, but for those that come in the same moment`(times: [Int], steps: [InterruptCount.Step]) {
        var count = InterruptCount()
        let start = ContinuousClock.now
        #expect(times.map { count.note(at: start + .milliseconds($0)) } == steps)
    }
}
