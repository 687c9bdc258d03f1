// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How much the suites that strike the binary from outside try: a sample, or every point (`make crash-test`).
struct OutsideForm: Sendable {
    let isFull: Bool
    /// The names of the only scenarios to try; empty: all of them.
    private let only: [String]
    /// Printed; the same one makes the same choices.
    let seed: UInt64

    static let current: OutsideForm = {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["MAESTRO_TEST_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999)
        let wanted = environment["MAESTRO_CRASH_TEST"].map { $0.split(separator: ",").map(String.init) }
        return OutsideForm(isFull: wanted != nil, only: wanted?.filter { $0 != "all" } ?? [], seed: seed)
    }()

    /// The scenarios that are tried.
    var scenarios: [Scenario] {
        guard !isFull else { return Scenario.allCases.filter { only.isEmpty || only.contains($0.rawValue) } }
        var random = random(for: "scenarios")
        return Array(Scenario.allCases.shuffled(using: &random).prefix(2))
    }

    func random(for purpose: String) -> SeededRandom {
        SeededRandom(seed: purpose.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    }

    /// A line for the person who runs it.
    static func say(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
