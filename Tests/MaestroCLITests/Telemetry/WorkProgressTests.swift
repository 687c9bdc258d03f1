// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@testable import MaestroCLI

@Suite struct `The progress of work` {
    private static let start = WorkEvents.now
    private static let failed = WorkEvents.finished(
        .ended(WorkEvents.receipt(.failed, tokensIn: nil, tokensOut: nil)),
        ReplyError.empty
    )

    private static func progress(_ events: [WorkEvent], waiting: Int = 5) -> WorkProgress {
        events.reduce(WorkProgress(startedAt: start).adding(Backlog(counts: [.queued: waiting]))) {
            $0.adding($1, at: start + 1)
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let events: [WorkEvent]
        let text: String
        var testDescription: String { text }
    }

    @Test(arguments: [
        Row(events: [], text: "0 done | 0 running | 5 waiting | 0.0/s"),
        Row(
            events: [.claimed(WorkEvents.claim("a")), .claimed(WorkEvents.claim("b"))],
            text: "0 done | 2 running | 3 waiting | 0.0/s"
        ),
        Row(
            events: [.claimed(WorkEvents.claim("a")), WorkEvents.done("a")],
            text: "1 done | 0 running | 4 waiting | 0.5/s | tokens 1.2k in, 80 out | 1 applied"
        ),
        Row(
            events: [
                .claimed(WorkEvents.claim("a")),
                WorkEvents.postponed(ReflectorError.rateLimited("429", retryAfterSeconds: 1), of: "a"),
            ],
            text: "0 done | 0 running | 5 waiting | 0.0/s | errors: 1 rate limited"
        ),
        Row(
            events: [.claimed(WorkEvents.claim("a")), WorkEvents.finished(.lost, StoreError.leaseLost, of: "a")],
            text: "0 done | 0 running | 4 waiting | 0.0/s"
        ),
        Row(
            events: [WorkEvents.postponed(CancellationError()), .storeFailed("disk full", hint: nil)],
            text: "0 done | 0 running | 6 waiting | 0.0/s | errors: 1 store"
        ),
        Row(
            events: [WorkEvents.done("a"), WorkEvents.done("b", .abstained), WorkEvents.done("c"), failed],
            text: "4 done | 0 running | 5 waiting | 2.0/s | errors: 1 unusable reply | tokens 3.6k in, 240 out | "
                + "2 applied, 1 abstained, 1 failed"
        ),
    ])
    func `says what is done, running and waiting, how fast, and what went wrong`(row: Row) {
        #expect(Self.progress(row.events).text(width: 200, at: Self.start + 2) == row.text)
    }

    @Test(arguments: [
        (0, ""), (6, "0 done"), (18, "0 done | 0 running"), (30, "0 done | 0 running | 5 waiting"),
        (31, "0 done | 0 running | 5 waiting"),
    ])
    func `fits the terminal in whole parts`(width: Int, text: String) {
        #expect(Self.progress([]).text(width: width, at: Self.start) == text)
    }

    @Test(arguments: [(1.0, 2.0), (4, 0.5), (10, 0.2), (10.9, 0.2), (11.5, 0)])
    func `has the rate of the last ten seconds`(seconds: Double, rate: Double) {
        let progress = Self.progress([WorkEvents.done("a"), WorkEvents.done("b")])
        #expect(progress.rate(at: Self.start + seconds) == rate)
    }

    @Test func `counts a job that is claimed again after a lost end once`() {
        let claim = WorkEvents.claim("a")
        #expect(Self.progress([.claimed(claim), .storeFailed("disk full", hint: nil), .claimed(claim)]).running == 1)
    }

    @Test func `counts no tokens of a job that was done before`() {
        var receipt = WorkEvents.receipt(.applied)
        receipt.wasDoneBefore = true
        let progress = Self.progress([WorkEvents.finished(.ended(receipt))])
        #expect(progress.done == 1)
        #expect(progress.tokensIn == 0)
    }
}
