// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import Testing

@Suite struct `A mutated reply` {
    /// Good replies, which the mutator breaks.
    static let good = ReplyCorpus.cases.filter { row in
        row.values(of: "state").isEmpty && row.expected.contains { $0.hasPrefix("accepted") || $0.hasPrefix("waiting") }
    }.map(\.text).filter { $0.utf8.count < 2000 }

    static let tokens =
        [
            "{", "}", "[", "]", "\"", ",", ":", "null", "true", "1e999", "-0", "5", "[5]", "\\", "\\u0000", "\\ud800",
            "```", "<think>", "</think>", "\u{FEFF}", "\u{202E}", "\u{301}", "\n", "\r\n", "\0", "{}", "[]", "\"\"",
            "---", "<!-- maestro:end -->", ".md", "../", "%2f", "#", "'", "feedback-commit-size",
        ]
        + [
            "reasoning", "memory_changes", "piece_edit", "op", "name", "type", "description", "body", "merge_target",
            "events", "quote", "tentative", "edits", "field", "old", "new", "why", "add", "update", "remove", "confirm",
            "feedback", "project", "user", "reference", "goal", "plan.instruction", "plan.checklist", "max_steps",
        ].map { "\"\($0)\"" }

    @Test(.timeLimit(.minutes(30)), arguments: Mutations.seeds(of: 5000))
    func `is never lost in silence and never leaves a broken document`(seed: UInt64) {
        let bench = ReplyBench()
        var mutator = ByteMutator(seed: seed, tokens: Self.tokens)
        for round in 0..<Mutations.rounds {
            let text = String(decoding: mutator.mutant(of: Self.good), as: UTF8.self)
            let faults = bench.faults(of: text)
            #expect(faults == [], "seed \(seed), round \(round): \(text.debugDescription)")
            if !faults.isEmpty { return }
        }
    }

    @Test(arguments: FuzzSeeds.files(of: "reply"))
    func `that the fuzzer knows is not lost either`(file: URL) throws {
        #expect(ReplyBench().faults(of: String(decoding: try Data(contentsOf: file), as: UTF8.self)) == [])
    }

    @Test func `is still read often enough to prove something`() {
        let bench = ReplyBench()
        var mutator = ByteMutator(seed: 7, tokens: Self.tokens)
        var standing = 0
        for _ in 0..<300 {
            let text = String(decoding: mutator.mutant(of: Self.good), as: UTF8.self)
            let judgement = try? bench.judgement(of: text)
            if judgement?.decisions.contains(where: { $0.verdict != .rejected }) == true { standing += 1 }
        }
        #expect(standing >= 20)
    }
}
