// SPDX-License-Identifier: Apache-2.0
import CoreMetrics
import Foundation
import Maestro

/// What a worker does, as swift-metrics: nothing is measured per user or job, so that the number of series stays small.
struct WorkMetrics: Sendable {
    private let factory: any MetricsFactory

    /// Without a backend (`MetricsSystem.bootstrap`) nothing is kept.
    init(factory: any MetricsFactory = MetricsSystem.factory) { self.factory = factory }

    func add(_ event: WorkEvent) {
        switch event {
        case .claimed:
            count("maestro.jobs.claimed")
        case .stage(.model(let reply, let wasKept), _):
            // Counted where they are paid for: a kept reply was, in an earlier run.
            if !wasKept { add(reply) }
        case .stage:
            return
        case .finished(_, let outcome, let took):
            add(outcome, took)
        case .buried:
            count("maestro.jobs.buried")
        case .endpoint(let change):
            add(change)
        case .storeFailed:
            count("maestro.errors", [("class", ErrorClass.store.rawValue)])
        }
    }

    /// How deep the queue is, and how long its oldest job waits.
    func set(_ backlog: Backlog, at now: Date) {
        for state in JobState.allCases {
            gauge("maestro.queue.jobs", [("state", state.rawValue)], backlog.counts[state] ?? 0)
        }
        gauge("maestro.queue.due", [], backlog.due)
        gauge("maestro.queue.paused", [], backlog.paused)
        let age = backlog.oldestSubmission.map { max(0, now.timeIntervalSince($0)) } ?? 0
        gauge("maestro.queue.oldest.seconds", [], Int(age))
    }

    private func add(_ reply: ReflectorReply) {
        count("maestro.replies")
        // Unknown is not zero: a server that does not say leaves the sums alone and is counted here.
        if reply.tokensIn == nil || reply.tokensOut == nil { count("maestro.replies.without.usage") }
        if let tokens = reply.tokensIn { count("maestro.tokens", [("direction", "prompt")], by: tokens) }
        if let tokens = reply.tokensOut { count("maestro.tokens", [("direction", "reply")], by: tokens) }
    }

    private func add(_ outcome: JobRun.Outcome, _ took: Duration) {
        let ending: String
        switch outcome.ending {
        case .ended(let receipt):
            ending = receipt.reflection.outcome.rawValue
            for decision in receipt.decisions {
                let code = decision.code?.rawValue ?? "none"
                count("maestro.decisions", [("verdict", decision.verdict.rawValue), ("code", code)])
            }
        case .postponed: ending = "postponed"
        case .lost: ending = "lost"
        case .stuck: ending = "stuck"
        }
        count("maestro.jobs.ended", [("outcome", ending)])
        CoreMetrics.Timer(label: "maestro.job.duration", dimensions: [("outcome", ending)], factory: factory)
            .recordNanoseconds(Int64(took / .nanoseconds(1)))
        if let kind = outcome.error.flatMap({ ErrorClass($0) }) {
            count("maestro.errors", [("class", kind.rawValue)])
        }
    }

    private func add(_ change: EndpointGate.Change) {
        switch change {
        case .opened: gauge("maestro.endpoint.open", [], 1)
        case .closed, .rests: gauge("maestro.endpoint.open", [], 0)
        }
    }

    private func count(_ label: String, _ dimensions: [(String, String)] = [], by amount: Int = 1) {
        CoreMetrics.Counter(label: label, dimensions: dimensions, factory: factory).increment(by: amount)
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)], _ value: Int) {
        CoreMetrics.Gauge(label: label, dimensions: dimensions, factory: factory).record(value)
    }
}
