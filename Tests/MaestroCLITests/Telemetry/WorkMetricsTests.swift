// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MetricsTestKit
import Testing

@testable import MaestroCLI

@Suite struct `Work as metrics` {
    private let recorded = TestMetrics()
    private var metrics: WorkMetrics { WorkMetrics(factory: recorded) }

    private func counter(_ label: String, _ dimensions: [(String, String)] = []) throws -> Int64 {
        try recorded.expectCounter(label, dimensions).totalValue
    }

    @Test func `counts endings, codes and durations by outcome`() throws {
        let receipt = WorkEvents.receipt(.applied, [(.accepted, nil), (.rejected, .stale), (.rejected, .stale)])
        metrics.add(.claimed(WorkEvents.claim()))
        metrics.add(WorkEvents.finished(.ended(receipt)))
        metrics.add(WorkEvents.done("b", .abstained))

        #expect(try counter("maestro.jobs.claimed") == 1)
        #expect(try counter("maestro.jobs.ended", [("outcome", "applied")]) == 1)
        #expect(try counter("maestro.jobs.ended", [("outcome", "abstained")]) == 1)
        #expect(try counter("maestro.decisions", [("verdict", "accepted"), ("code", "none")]) == 1)
        #expect(try counter("maestro.decisions", [("verdict", "rejected"), ("code", "stale")]) == 2)
        let timer = try recorded.expectTimer("maestro.job.duration", [("outcome", "applied")])
        #expect(timer.values == [1_500_000_000])
    }

    @Test func `counts tokens where they are paid for, and says where they are unknown`() throws {
        let known = ReflectorReply(text: "{}", tokensIn: 900, tokensOut: 40)
        metrics.add(.stage(.model(known, wasKept: false), WorkEvents.claim()))
        metrics.add(.stage(.model(known, wasKept: true), WorkEvents.claim()))
        metrics.add(.stage(.model(ReflectorReply(text: "{}", tokensIn: 100), wasKept: false), WorkEvents.claim()))

        #expect(try counter("maestro.replies") == 2)
        #expect(try counter("maestro.replies.without.usage") == 1)
        #expect(try counter("maestro.tokens", [("direction", "prompt")]) == 1000)
        #expect(try counter("maestro.tokens", [("direction", "reply")]) == 40)
    }

    @Test func `counts what went wrong by class, also where the job goes on`() throws {
        metrics.add(WorkEvents.postponed(ReflectorError.timedOut("no answer")))
        metrics.add(.storeFailed("disk full", hint: nil))
        metrics.add(WorkEvents.postponed(CancellationError()))

        #expect(try counter("maestro.errors", [("class", "timed_out")]) == 1)
        #expect(try counter("maestro.errors", [("class", "store")]) == 1)
        #expect(try counter("maestro.jobs.ended", [("outcome", "postponed")]) == 2)
        #expect(recorded.counters.count { $0.label == "maestro.errors" } == 2)
    }

    @Test func `shows the depth of the queue by state and the age of its oldest job`() throws {
        let backlog = Backlog(counts: [.queued: 7, .running: 2], due: 5, oldestSubmission: WorkEvents.now, paused: 1)
        metrics.set(backlog, at: WorkEvents.now + 90)

        #expect(try recorded.expectGauge("maestro.queue.jobs", [("state", "queued")]).lastValue == 7)
        #expect(try recorded.expectGauge("maestro.queue.jobs", [("state", "dead")]).lastValue == 0)
        #expect(try recorded.expectGauge("maestro.queue.due").lastValue == 5)
        #expect(try recorded.expectGauge("maestro.queue.paused").lastValue == 1)
        #expect(try recorded.expectGauge("maestro.queue.oldest.seconds").lastValue == 90)
        metrics.set(Backlog(), at: WorkEvents.now)
        #expect(try recorded.expectGauge("maestro.queue.oldest.seconds").lastValue == 0)
    }

    @Test func `shows whether the endpoint takes calls`() throws {
        metrics.add(.endpoint(.rests(seconds: 3)))
        #expect(try recorded.expectGauge("maestro.endpoint.open").lastValue == 0)
        metrics.add(.endpoint(.opened))
        #expect(try recorded.expectGauge("maestro.endpoint.open").lastValue == 1)
    }
}
