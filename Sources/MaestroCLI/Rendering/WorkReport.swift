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

    /// Why a drain is no success; nil where it is.
    ///
    /// `deadBefore`: how many jobs were dead before it. More are, where one was taken over for the third time, which nobody
    /// worked on here.
    func failure(deadBefore: Int, isToldToStop: Bool) -> Failure? {
        let count = left.queued - left.paused + left.running
        if let reason = summary.leftBecause ?? (isToldToStop && count > 0 ? "told to stop" : nil) {
            return .work(
                "\(count) job\(count == 1 ? " was" : "s were") left: \(reason)",
                hint: summary.hint ?? "run it again later"
            )
        }
        let died = max(summary.outcomes[.failed] ?? 0, (left.counts[.dead] ?? 0) - deadBefore)
        guard died > 0 else { return nil }
        return .work(
            "\(died) job\(died == 1 ? "" : "s") died",
            hint: "`maestro jobs --state dead --all` says why, `\(RetryHint.everyone)` brings them back"
        )
    }

    var json: JSONValue {
        .make([
            ("outcomes", .make(outcomes.map { ($0.0, .number("\($0.1)")) })), ("left", .number("\(left.queued)")),
            ("paused", .number("\(left.paused)")),
            ("leftBecause", summary.leftBecause.map { .string($0) } ?? .null),
        ])
    }
}
