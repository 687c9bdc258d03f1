// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import MaestroTranscripts
import SystemPackage

/// Every parser that reads other people's bytes, as something that must hold for any bytes at all.
///
/// A broken promise ends the process, so that the fuzzer keeps the input.
enum FuzzedParser: String, CaseIterable {
    case transcript
    case claudeCode = "claude-code"
    case openAIChat = "openai-chat"
    case tauBench = "tau-bench"
    case anthropic, text
    case entry, piece, reply, settings

    func read(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .transcript: Self.transcript(Data(bytes), format: nil)
        case .claudeCode, .openAIChat, .tauBench, .anthropic, .text:
            Self.transcript(Data(bytes), format: TranscriptFormat(rawValue: rawValue))
        case .entry: Self.hold(DocumentFaults.ofEntry(Self.text(bytes)))
        case .piece: Self.hold(DocumentFaults.ofPiece(Self.text(bytes)))
        case .reply: Self.hold(ReplyBench().faults(of: Self.text(bytes)))
        case .settings: Self.settings(Self.text(bytes))
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func hold(_ faults: [String]) {
        guard faults.isEmpty else { fatalError(faults.joined(separator: "; ")) }
    }

    /// Events are numbered from 1 without a gap, and what is read can be cut to a digest.
    private static func transcript(_ bytes: Data, format: TranscriptFormat?) {
        // A refusal is a right answer; what is looked for is a crash, a hang, or a reading that breaks its promises.
        guard let transcripts = try? TranscriptReader.read(bytes, format: format, name: "fuzz") else { return }
        for transcript in transcripts {
            let events = transcript.activity.events
            guard events.map(\.number) == Array(1..<events.count + 1) else { fatalError("events are not numbered") }
            let digest = Digest(transcript.activity, maxBytes: 4096)
            guard digest.text.utf8.count <= 4096 else { fatalError("the digest has \(digest.text.utf8.count) bytes") }
        }
    }

    private static func settings(_ yaml: String) {
        _ = try? SettingsLoader(yaml: yaml, file: FilePath("maestro.yaml"))
    }
}
