// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import Testing

/// One row of the corpus under `Replies/`: a reply, the state that it meets, and what must come of it.
struct ReplyCase: Sendable, CustomTestStringConvertible {
    /// File without suffix, then the row's title.
    let title: String
    /// Everything above the reply: where that kind is met, and what else differs from the fixed state.
    let head: [String]
    let reply: [String]
    /// Decisions, notes and errors, one a line.
    let expected: [String]

    var testDescription: String { title }

    /// The values of `key: value` lines of the head.
    func values(of key: String) -> [String] {
        head.filter { $0.hasPrefix("\(key): ") }.map { String($0.dropFirst(key.count + 2)) }
    }

    var text: String { ReplyMacros.expanding(reply.joined(separator: "\n")) }
    var finishReason: String? { values(of: "finish").first }

    /// The fixed state with what the row's `state:` lines change.
    func bench() throws -> ReplyBench {
        var bench = ReplyBench()
        for words in values(of: "state").map({ $0.split(separator: " ").map(String.init) }) {
            try Self.change(&bench, as: words[0], try #require(words.last))
        }
        return bench
    }

    private static func change(_ bench: inout ReplyBench, as verb: String, _ name: String) throws {
        let index = bench.entries.firstIndex { $0.name.rawValue == name }
        switch verb {
        case "removed": bench.entries.remove(at: try #require(index))
        case "edited":
            let edited = ReplyBench.entry(name, .feedback, "Edited meanwhile", "A person's new words.")
            bench.entries[try #require(index)] = try #require(edited)
        case "hidden": bench.base.shown.remove(at: try #require(index))
        case "described": bench.base.shown[try #require(index)].inFull = false
        case "review": bench.policy.mode = .review
        case "no-piece": bench.job.piece = nil
        case "edited-piece": bench.pieceEdits["mend"] = bench.state.moment.addingTimeInterval(-60)
        default: Issue.record("no such state: \(verb)")
        }
    }

    /// What the code makes of the reply, in the words of `expected`.
    func outcome() throws -> [String] {
        let bench = try bench()
        do throws(ReplyError) {
            let judgement = try bench.judgement(of: text, finishReason: finishReason)
            let lines = judgement.decisions.map(Self.line) + judgement.notes.map { "note \(ReplyMacros.visible($0))" }
            return lines.isEmpty ? ["nothing"] : Self.counted(lines)
        } catch {
            return ["error \(error.sentence)"]
        }
    }

    /// Equal lines in a row as one with its count.
    private static func counted(_ lines: [String]) -> [String] {
        var runs: [(line: String, count: Int)] = []
        for line in lines {
            if runs.last?.line == line { runs[runs.count - 1].count += 1 } else { runs.append((line, 1)) }
        }
        return runs.map { $0.count == 1 ? $0.line : "\($0.count) times \($0.line)" }
    }

    private static func line(_ decision: Decision) -> String {
        let words = [decision.verdict.rawValue, decision.code?.rawValue, decision.operation.rawValue, decision.name]
        return ReplyMacros.visible(words.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " "))
    }
}
