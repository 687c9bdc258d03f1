// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import Testing

@Suite struct `A malformed reply` {
    private static let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1"

    @Test(.timeLimit(.minutes(30)), .enabled(if: !isRecording), arguments: ReplyCorpus.cases)
    func `comes to the decisions that its row says`(row: ReplyCase) throws {
        let outcome = try row.outcome()
        let bench = try row.bench()

        #expect(outcome == row.expected, "\(row.values(of: "seen").first ?? "")")
        if row.text.utf8.count < 1_000_000 {
            #expect(bench.faults(of: row.text, finishReason: row.finishReason) == [])
        }
    }

    @Test func `of every kind says where it is met, and expects something`() {
        #expect(ReplyCorpus.cases.count >= 150)
        for row in ReplyCorpus.cases {
            #expect(row.values(of: "seen").count == 1, "\(row.title)")
            #expect(!row.expected.isEmpty, "\(row.title)")
        }
    }

    @Test func `of every numbered input about operations and output has a row`() {
        let numbers = Set(ReplyCorpus.cases.flatMap { $0.values(of: "input") }.compactMap(Int.init))
        #expect(numbers.isSuperset(of: 11...20))
    }

    @Test(.enabled(if: isRecording))
    func `is recorded with what the code makes of it now`() throws {
        try ReplyCorpus.record()
        Issue.record("recorded `Judging/Replies`: read the difference, then run without RECORD_SNAPSHOTS")
    }
}
