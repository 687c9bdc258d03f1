// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How much of the crash proof runs: a sample with every test run, all of it with `make crash-test`.
enum CrashEffort {
    case sample, full

    static let current: CrashEffort =
        ProcessInfo.processInfo.environment["MAESTRO_CRASH_TEST"] == nil ? .sample : .full

    /// Numbers below `count`: all, or some spread evenly, others in every run.
    func sample(of count: Int, atMost limit: Int = 8) -> [Int] {
        guard self == .sample, count > limit else { return Array(0..<count) }
        let step = Double(count) / Double(limit)
        let start = Double.random(in: 0..<step)
        return (0..<limit).map { Int(start + Double($0) * step) }
    }

    /// A line for whoever asked for all of it.
    func report(_ line: String) {
        if self == .full { print("crash-test: \(line)") }
    }
}
