// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import MaestroTranscripts
import Testing

@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct `Real transcripts` {
    private static func read(_ path: String) throws -> [Transcript] {
        try TranscriptReader.read(try SharedData.bytes(of: path), name: path)
    }

    private static func events(_ path: String, line: Int) throws -> [Event] {
        try #require(try read(path).first).activity.events.filter { $0.line == line }
    }

    private static let switchSession = "claude-code/7e-d4051c8a85-0.jsonl"

    @Test func `keep a person's correction, with just the words`() throws {
        let events = try Self.events(Self.switchSession, line: 35)

        #expect(events.map(\.actor) == [.user])
        #expect(events.map(\.kind) == [.correction])
        #expect(events.first?.text.hasPrefix("can you use a switch case instead of linked") == true)
    }

    @Test(arguments: [
        ("claude-code/7e-d4051c8a85-0.jsonl", 21), ("claude-code/7e-d4051c8a85-0.jsonl", 22),
        ("claude-code/7e-d4051c8a85-0.jsonl", 43), ("claude-code/7e-d4051c8a85-0.jsonl", 44),
        ("claude-code/7e-d4051c8a85-0.jsonl", 50), ("claude-code/ca-fca7ea73ac-0.jsonl", 38),
        ("claude-code/60-1ac0eb4d69-0.jsonl", 159), ("claude-code/60-1ac0eb4d69-0.jsonl", 162),
        ("claude-code/60-1ac0eb4d69-0.jsonl", 163),
    ])
    func `leave interruptions, plans, summaries and commands to the host`(path: String, line: Int) throws {
        let events = try Self.events(path, line: line)

        #expect(!events.isEmpty)
        #expect(events.allSatisfy { $0.actor == .harness })
    }

    @Test func `take a pasted test failure for a tool's words`() throws {
        #expect(try Self.events("claude-code/60-1ac0eb4d69-0.jsonl", line: 168).map(\.actor) == [.tool])
        #expect(try Self.events(Self.switchSession, line: 112).map(\.actor).contains(.tool))
    }

    @Test func `are not aborted because of an exit command`() throws {
        #expect(try Self.read("claude-code/60-1ac0eb4d69-0.jsonl").first?.outcome.status != .aborted)
    }

    @Test func `of tau-bench are one hundred jobs whose outcome is their reward`() throws {
        let path = "tau-airline/gpt-4o-airline-trials-0-1.json"
        let transcripts = try Self.read(path)
        let results = try #require(
            try JSONSerialization.jsonObject(with: try SharedData.bytes(of: path)) as? [[String: Any]]
        )
        let rewarded = results.count { ($0["reward"] as? Double ?? 0) >= 1 }

        #expect(transcripts.count == 100)
        #expect(Set(transcripts.map(\.jobID)).count == 100)
        #expect(transcripts.count { $0.outcome == JobOutcome(.succeeded) } == rewarded)
        #expect(transcripts.allSatisfy { $0.counterpart == .other })
    }

    @Test(arguments: [
        ("codex/claude-code-log-rollout-2026-01-02T03-04-05-1111.jsonl", "Codex"),
        ("gemini-cli/12-cbfeaa512b-0.json", "Gemini"),
        ("gemini-cli/9c-53780d06b7-0.json", "Gemini"),
        ("openhands/basic.json", "OpenHands"), ("openhands/basic_interactions.json", "OpenHands"),
        ("otlp/logs.json", "OpenTelemetry"), ("otlp/trace.json", "OpenTelemetry"),
        ("swe-agent/ctf-BabyTimeCapsule.traj", "SWE-agent"),
        ("swe-agent/marshmallow-1867-thought_action.traj", "SWE-agent"), ("swe-agent/pydicom-1458.traj", "SWE-agent"),
        ("otlp/gen-ai-input-messages.schema.json", "unknown shape"),
        ("claude-code/7e-d4051c8a85-0.meta.json", "unknown shape"),
    ])
    func `of formats that are not read yet are refused by name`(path: String, name: String) throws {
        let error = #expect(throws: TranscriptError.self) { try Self.read(path) }
        #expect(error?.description.contains(name) == true)
    }

    @Test func `of an agent without tool calls leave observations to the tool`() throws {
        let transcript = try #require(try Self.read("mini-swe-agent/local.traj.json").first)

        #expect(transcript.format == .openAIChat)
        #expect(transcript.activity.events.allSatisfy { $0.actor != .user || !$0.text.contains("<returncode>") })
        #expect(transcript.activity.events.contains { $0.actor == .tool && $0.text.contains("<returncode>") })
    }

    @Test(arguments: [
        "claude-code-log-edge_cases", "claude-code-log-representative_messages", "simonw-sample_session",
    ])
    func `with edge cases are read to the end`(name: String) throws {
        let transcript = try #require(try Self.read("claude-code/\(name).jsonl").first)

        #expect(transcript.format == .claudeCode)
        #expect(transcript.activity.events.count > 5)
    }
}
