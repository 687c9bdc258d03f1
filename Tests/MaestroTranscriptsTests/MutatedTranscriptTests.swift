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

    @Test(.timeLimit(.minutes(30)), arguments: HostileText.patterns)
    func `of nothing but one pattern is passed over once (input 35)`(pattern: String) {
        let text = HostileText.of(pattern)
        let turn = JSONValue.make([("role", .string("user")), ("content", .string(text))])
        let record = JSONValue.make([("type", .string("user")), ("uuid", .string("1")), ("message", turn)])
        for source in [text, JSONValue.array([turn]).text, record.text] {
            for format in [nil] + TranscriptFormat.allCases {
                #expect(Self.faults(of: Array(source.utf8), as: format) == [])
            }
        }
    }

    private static let oddBytes: [(bytes: [UInt8], first: String?)] = [
        ([0xFF, 0xFE, 0x55, 0x00], nil), ([0xFE, 0xFF, 0x00, 0x55], nil), ([], nil), ([0x20, 0x0A], nil),
        ([UInt8]("User: ".utf8) + [0xC3, 0x28] + [UInt8]("\nAssistant: b".utf8), "user message: \u{FFFD}("),
        ([UInt8]("\u{FEFF}User: a\r\nAssistant: b\r\n".utf8), "user message: a"),
        ([UInt8]("User: a\nAssistant: b".utf8), "user message: a"),
    ]

    @Test(arguments: oddBytes)
    func `of bytes that are no plain UTF-8 is read with a note or refused (input 29)`(
        bytes: [UInt8],
        first: String?
    ) throws {
        guard let first else {
            #expect(throws: TranscriptError.self) { try TranscriptReader.read(Data(bytes), name: "file") }
            return
        }
        let activity = try #require(try TranscriptReader.read(Data(bytes), format: .text, name: "file").first).activity
        let event = try #require(activity.events.first)
        #expect("\(event.actor.rawValue) \(event.kind.rawValue): \(event.text)" == first)
        let isDamaged = String(validating: bytes, as: UTF8.self) == nil
        #expect(activity.notes.contains { $0.contains("not UTF-8") } == isDamaged)
    }
}
