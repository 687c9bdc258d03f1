// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@testable import MaestroCLI

@Suite struct `A drain that ended` {
    private struct Case: Sendable {
        var leftBecause: String?
        var failed = 0
        var counts: [JobState: Int] = [:]
        var paused = 0
        var deadBefore = 0
        var isToldToStop = false
        let message: String?
    }

    private static let cases = [
        Case(message: nil),
        Case(counts: [.done: 9, .dead: 2], deadBefore: 2, message: nil),
        // What a pause holds back is left by a person's wish.
        Case(counts: [.queued: 3], paused: 3, isToldToStop: true, message: nil),
        Case(counts: [.queued: 3], paused: 1, isToldToStop: true, message: "2 jobs were left: told to stop"),
        Case(leftBecause: "no key", counts: [.queued: 1], isToldToStop: true, message: "1 job was left: no key"),
        Case(leftBecause: "no key", counts: [.queued: 1, .running: 1], message: "2 jobs were left: no key"),
        Case(failed: 1, counts: [.dead: 3], deadBefore: 2, message: "1 job died"),
        // Taken over for the third time.
        Case(counts: [.dead: 2], message: "2 jobs died"),
        // Brought back and dead again, beside one that a person cleared away.
        Case(failed: 1, counts: [.dead: 1], deadBefore: 1, message: "1 job died"),
    ]

    @Test(arguments: cases.indices)
    func `fails where jobs died or were left`(index: Int) {
        let row = Self.cases[index]
        var summary = Worker.Summary()
        summary.leftBecause = row.leftBecause
        if row.failed > 0 { summary.outcomes[.failed] = row.failed }
        let report = WorkReport(summary: summary, left: Backlog(counts: row.counts, paused: row.paused))
        let failure = report.failure(deadBefore: row.deadBefore, isToldToStop: row.isToldToStop)
        #expect(failure?.message == row.message)
        #expect(failure?.exitCode ?? 1 == 1)
    }
}
