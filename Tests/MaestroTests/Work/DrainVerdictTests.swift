// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `A worker that drains the queue` {
    private static let now = Date(timeIntervalSince1970: 1_780_000_000)
    private static let failed = Remedy(for: ReflectorError.serverFailed("503", status: 503))
    private static let spent = Remedy(for: ReflectorError.userRefused("spent", retryAfterSeconds: 3600))
    private static let unfinished = Remedy(for: StoreError.unusable("a link is in the way", hint: "remove it"))

    private struct Case: Sendable {
        let facts: DrainVerdict.Facts
        let verdict: DrainVerdict

        init(
            _ verdict: DrainVerdict,
            running: Int = 0,
            nextDueIn: Duration? = nil,
            lessons: [EndpointGate.Lesson] = [],
            secondsAgo: Double = 0,
            _ change: (inout DrainVerdict.Facts) -> Void = { _ in }
        ) {
            var gate = EndpointGate()
            for lesson in lessons {
                let moment = now - secondsAgo
                _ = gate.ended(lesson, since: gate.began(1, at: moment), at: moment) { TimeInterval($0) }
            }
            var facts = DrainVerdict.Facts(
                backlog: Backlog(counts: [.running: running], nextDueIn: nextDueIn),
                gate: gate,
                horizon: .seconds(300),
                now: now
            )
            change(&facts)
            (self.facts, self.verdict) = (facts, verdict)
        }
    }

    private static let cases = [
        Case(.done),
        Case(.goOn, nextDueIn: .zero),
        Case(.goOn, nextDueIn: .seconds(300)),
        Case(.done, nextDueIn: .seconds(301)),
        // Another process's: it may come back.
        Case(.goOn, running: 1),
        Case(
            .left(because: "no key", hint: nil),
            nextDueIn: .zero,
            lessons: [.refused(sentence: "no key", hint: nil)]
        ),
        Case(.done, lessons: [.refused(sentence: "no key", hint: nil)]),
        Case(.goOn, nextDueIn: .zero, lessons: [.failed], secondsAgo: 299) { $0.trouble = failed },
        Case(
            .left(because: "nobody was served for 301 s: 503", hint: failed.hint),
            nextDueIn: .zero,
            lessons: [.failed],
            secondsAgo: 301
        ) { $0.trouble = failed },
        // One job was rejected while another process served others.
        Case(.goOn, nextDueIn: .zero, lessons: [.rejected(sentence: "odd", hint: nil)], secondsAgo: 301) {
            $0.trouble = failed
        },
        Case(.goOn, nextDueIn: .zero, lessons: [.askedForRest(seconds: 300)]),
        Case(
            .left(because: "the endpoint asked for a rest until \((now + 301).formatted(.iso8601))", hint: nil),
            nextDueIn: .seconds(301),
            lessons: [.askedForRest(seconds: 301)]
        ),
        Case(.left(because: "spent", hint: spent.hint), nextDueIn: .seconds(3600)) {
            $0.ownRest = (now + 3600, spent)
        },
        Case(.left(because: "503", hint: failed.hint), nextDueIn: .seconds(301), lessons: [.failed]) {
            $0.trouble = failed
        },
        Case(.left(because: "a link is in the way", hint: "remove it"), nextDueIn: .seconds(301)) { facts in
            let era = facts.storeGate.began(1, at: now)
            _ = facts.storeGate.ended(.failed, since: era, at: now) { _ in 1 }
            facts.storeTrouble = unfinished
        },
        Case(.goOn, nextDueIn: .zero) { facts in
            let era = facts.storeGate.began(1, at: now)
            for _ in 0..<3 { _ = facts.storeGate.ended(.failed, since: era, at: now) { _ in 1000 } }
            facts.storeTrouble = unfinished
        },
        // Its user has been served since: another job waits, for another reason.
        Case(.done, nextDueIn: .seconds(600)) { $0.ownRest = (now, spent) },
        Case(.left(because: "a link is in the way", hint: "remove it")) { $0.unfinished = unfinished },
    ]

    @Test(arguments: cases.indices)
    func `ends when there is nothing to wait for, and says what it leaves`(index: Int) {
        #expect(DrainVerdict(Self.cases[index].facts) == Self.cases[index].verdict, "case \(index)")
    }
}
