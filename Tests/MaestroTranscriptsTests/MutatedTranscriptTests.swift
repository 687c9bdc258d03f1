// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import MaestroTranscripts
import Testing

@Suite struct `A mutated transcript` {
    private static let formats = ["claude-code", "openai-chat", "tau-bench", "anthropic", "text", "transcript"]
    private static let tokens =
        [
            "{", "}", "[", "]", "\"", ",", ":", "null", "true", "1e999", "-0", "\\u0000", "\\ud800", "\n", "\r\n", "\0",
            "\u{FEFF}", "[]", "{}", "\"\"", "# ", "User: ", "$ ", "<system-reminder>", "</system-reminder>", "```",
        ]
        + [
            "role", "content", "user", "assistant", "tool", "system", "type", "text", "tool_use", "tool_result",
            "tool_calls", "function", "arguments", "message", "messages", "uuid", "parentUuid", "isSidechain",
            "timestamp", "traj", "reward", "task_id", "thinking", "is_error", "id", "name",
        ].map { "\"\($0)\"" }

    /// Why the jobs of these bytes are not fit to be reflected on; empty for good ones and for a refusal.
    private static func faults(of bytes: [UInt8], as format: TranscriptFormat?) -> [String] {
        let transcripts: [Transcript]
        do throws(TranscriptError) {
            transcripts = try TranscriptReader.read(Data(bytes), format: format, name: "file")
        } catch {
            return "\(error)".isEmpty ? ["a refusal without words"] : []
        }
        return transcripts.flatMap { transcript -> [String] in
            let events = transcript.activity.events
            let isNumbered = events.map(\.number) == Array(1..<events.count + 1)
            let size = Digest(transcript.activity, maxBytes: 4096).text.utf8.count
            return (isNumbered ? [] : ["events are not numbered"]) + (size <= 4096 ? [] : ["a digest of \(size) bytes"])
        } + (transcripts.isEmpty ? ["neither jobs nor a refusal"] : [])
    }

    @Test(.timeLimit(.minutes(30)), arguments: Mutations.seeds(of: 1500))
    func `is read to numbered events or refused, whatever it is taken for`(seed: UInt64) throws {
        let seeds = try Self.formats.flatMap { try FuzzSeeds.texts(of: $0) }.map { String($0.prefix(3000)) }
        var mutator = ByteMutator(seed: seed, tokens: Self.tokens)
        for round in 0..<Mutations.rounds {
            let bytes = mutator.mutant(of: seeds)
            let format = ([nil] + TranscriptFormat.allCases)[round % (TranscriptFormat.allCases.count + 1)]
            let faults = Self.faults(of: bytes, as: format)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(faults == [], "seed \(seed), round \(round): \(text.debugDescription)")
            if !faults.isEmpty { return }
        }
    }

    @Test(arguments: formats.flatMap { FuzzSeeds.files(of: $0) })
    func `that the fuzzer knows is read or refused`(file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        for format in [nil] + TranscriptFormat.allCases {
            #expect(Self.faults(of: bytes, as: format) == [])
        }
    }
}
