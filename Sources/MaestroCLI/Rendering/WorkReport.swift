// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What a worker did, and what it left, when it ends.
struct WorkReport {
    let summary: Worker.Summary
    let left: Backlog

    private var outcomes: [(String, Int)] {
        Reflection.Outcome.allCases.compactMap { outcome in summary.outcomes[outcome].map { (outcome.rawValue, $0) } }
    }

    var lines: [String] {
        let count = outcomes.reduce(0) { $0 + $1.1 }
        let told = outcomes.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
        var lines = ["\(count) job\(count == 1 ? "" : "s") ended" + (told.isEmpty ? "" : ": \(told)")]
        if left.queued > 0 {
            let held = left.paused > 0 ? ", \(left.paused) of them paused" : ""
            lines.append("\(left.queued) left in the queue\(held)")
        }
        return lines
    }

    var json: JSONValue {
        .make([
            ("outcomes", .make(outcomes.map { ($0.0, .number("\($0.1)")) })), ("left", .number("\(left.queued)")),
            ("paused", .number("\(left.paused)")),
            ("leftBecause", summary.leftBecause.map { .string($0) } ?? .null),
        ])
    }
}
