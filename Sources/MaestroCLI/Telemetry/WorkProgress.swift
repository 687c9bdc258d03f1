// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// How far a worker is: what it did since it started, and what is left.
struct WorkProgress: Hashable, Sendable {
    /// The time over which the rate is taken.
    static let span: TimeInterval = 10

    private(set) var outcomes: [Reflection.Outcome: Int] = [:]
    private(set) var errors: [ErrorClass: Int] = [:]
    private(set) var tokensIn = 0
    private(set) var tokensOut = 0
    private(set) var waiting = 0
    /// By reflection: a job whose end the store could not take keeps its place until it is claimed again.
    private var inHand: Set<Reflection.ID> = []
    private let startedAt: Date
    /// When jobs ended within the last ``span``.
    private var ends: [Date] = []

    init(startedAt: Date) { self.startedAt = startedAt }

    var running: Int { inHand.count }
    var done: Int { outcomes.values.reduce(0, +) }

    func adding(_ event: WorkEvent, at now: Date) -> WorkProgress {
        var next = self
        next.add(event, at: now)
        return next
    }

    /// What waits, as the queue says; between two looks it is counted down.
    func adding(_ backlog: Backlog) -> WorkProgress {
        var next = self
        next.waiting = backlog.queued
        return next
    }

    /// Jobs a second over the last ``span``, or since the start where that is shorter.
    func rate(at now: Date) -> Double {
        let span = min(Self.span, max(1, now.timeIntervalSince(startedAt)))
        return Double(ends.count { $0 > now - Self.span && $0 <= now }) / span
    }

    mutating func add(_ event: WorkEvent, at now: Date) {
        switch event {
        case .claimed(let claim):
            guard inHand.insert(claim.reflection).inserted else { return }
            waiting = max(0, waiting - 1)
        case .finished(let claim, let outcome, _):
            inHand.remove(claim.reflection)
            if let kind = outcome.error.flatMap({ ErrorClass($0) }) { errors[kind, default: 0] += 1 }
            add(outcome.ending, at: now)
        case .buried:
            errors[.other, default: 0] += 1
        case .storeFailed:
            errors[.store, default: 0] += 1
        case .stage, .endpoint:
            return
        }
    }

    private mutating func add(_ ending: JobRun.Ending, at now: Date) {
        switch ending {
        case .ended(let receipt):
            outcomes[receipt.reflection.outcome, default: 0] += 1
            if !receipt.wasDoneBefore {
                tokensIn += receipt.reflection.tokensIn ?? 0
                tokensOut += receipt.reflection.tokensOut ?? 0
            }
            ends.removeAll { $0 <= now - Self.span }
            ends.append(now)
        case .postponed:
            waiting += 1
        case .lost, .stuck:
            return
        }
    }

    // MARK: - For people

    /// One line of at most `width` columns: whole parts, the most telling first.
    func text(width: Int, at now: Date) -> String {
        var line = ""
        for part in parts(at: now) {
            let longer = line.isEmpty ? part : line + " | " + part
            guard longer.count <= width else { break }
            line = longer
        }
        return line
    }

    private func parts(at now: Date) -> [String] {
        var parts = ["\(done) done", "\(running) running", "\(waiting) waiting"]
        parts.append("\(Self.rounded(rate(at: now)))/s")
        if !errors.isEmpty { parts.append("errors: " + Self.counts(errors.map { ($0.key.words, $0.value) })) }
        if tokensIn + tokensOut > 0 {
            parts.append("tokens \(Self.short(tokensIn)) in, \(Self.short(tokensOut)) out")
        }
        if done > 0 { parts.append(Self.counts(outcomes.map { ($0.key.rawValue, $0.value) })) }
        return parts
    }

    /// The most frequent first.
    private static func counts(_ counts: [(name: String, count: Int)]) -> String {
        counts.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.map { "\($0.count) \($0.name)" }
            .joined(separator: ", ")
    }

    private static func rounded(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths >= 100 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// `950`, `1.2k`, `34k`, `5.6M`.
    private static func short(_ count: Int) -> String {
        switch count {
        case ..<1000: "\(count)"
        case ..<1_000_000: rounded(Double(count) / 1000) + "k"
        default: rounded(Double(count) / 1_000_000) + "M"
        }
    }
}
