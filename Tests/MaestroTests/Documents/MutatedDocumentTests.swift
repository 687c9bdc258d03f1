// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroPieces
import MaestroTesting
import Testing

@Suite struct `A mutated document` {
    private static let entryTokens = [
        "---", "---\n", "\n", "\r\n", "\r", "\t", " ", ":", ": ", "#", " #", "'", "\"", "|", ">", ">-", "- ", "&a",
        "*a", "!!binary",
        "<<", "on: no", "0o10", "2026-01-01", "{", "}", "[", "]", "\\", "\\x", "\u{FEFF}", "\u{2028}", "\u{85}", "\0",
        "name", "description", "type", "metadata", "feedback", "user", "description: ", "type: ", "metadata:\n  type: ",
    ]

    @Test(.timeLimit(.minutes(30)), arguments: Mutations.seeds(of: 2500))
    func `that is an entry is written back to what it says`(seed: UInt64) {
        var mutator = ByteMutator(seed: seed, tokens: Self.entryTokens)
        for round in 0..<Mutations.rounds {
            let text = String(decoding: mutator.mutant(of: `An entry's file`.generations), as: UTF8.self)
            let faults = DocumentFaults.ofEntry(text)
            #expect(faults == [], "seed \(seed), round \(round): \(text.debugDescription)")
            if !faults.isEmpty { return }
        }
    }

    @Test(arguments: FuzzSeeds.files(of: "entry"))
    func `that the fuzzer knows as an entry is written back to what it says`(file: URL) throws {
        #expect(DocumentFaults.ofEntry(String(decoding: try Data(contentsOf: file), as: UTF8.self)) == [])
    }

    @Test(arguments: FuzzSeeds.files(of: "piece"))
    func `that the fuzzer knows as a piece keeps its locked fields`(file: URL) throws {
        #expect(DocumentFaults.ofPiece(String(decoding: try Data(contentsOf: file), as: UTF8.self)) == [])
    }

    private static let pieceTokens = [
        "\n", "\r\n", "  ", "    ", "- ", ": ", "#", " # ", "'", "\"", "|", ">", "|2-", "&a ", "*a", "!!str ", "<<: ",
        "{", "}",
        "[", "]", ", ", "? ", "---\n", "...\n", "%YAML 1.1\n", "\t", "\u{FEFF}", "\u{2028}", "\u{85}", "\0", "null",
        "~", "1:30",
        "id: ", "run: ", "next: ", "goal: ", "title: ", "steps:\n", "x-", "when", "go",
    ]
    private static let pieces = [`A piece`.small] + BuiltinPieces.texts.values.sorted()

    @Test(.timeLimit(.minutes(30)), arguments: Mutations.seeds(of: 500))
    func `that is a piece is edited to a piece with its locked fields as they were`(seed: UInt64) {
        var mutator = ByteMutator(seed: seed, tokens: Self.pieceTokens)
        for round in 0..<Mutations.rounds {
            let text = String(decoding: mutator.mutant(of: Self.pieces), as: UTF8.self)
            let faults = DocumentFaults.ofPiece(text)
            #expect(faults == [], "seed \(seed), round \(round): \(text.debugDescription)")
            if !faults.isEmpty { return }
        }
    }
}
