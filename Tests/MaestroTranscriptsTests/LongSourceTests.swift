// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@testable import MaestroTranscripts

/// Limits that a few lines reach.
private var low: TranscriptLimits {
    var limits = TranscriptLimits()
    limits.documentBytes = 4000
    limits.lineBytes = 2000
    limits.eventBytes = 1200
    limits.activityBytes = 100_000
    limits.activityEvents = 200
    return limits
}

/// Reads `text` in pieces of `size` bytes.
private func read(
    _ text: String,
    format: TranscriptFormat? = nil,
    limits: TranscriptLimits = low,
    size: Int = 777
) throws -> [Transcript] {
    var rest = Array(text.utf8)[...]
    return try TranscriptReader.read(format: format, name: "file", limits: limits) { atMost in
        defer { rest = rest.dropFirst(min(size, atMost)) }
        return Array(rest.prefix(min(size, atMost)))
    }
}

private func record(_ number: Int, _ role: String, _ text: String) -> String {
    #"{"type":"\#(role)","sessionId":"s-1","uuid":"u\#(number)","message":{"role":"\#(role)","content":"\#(text)"}}"#
}

private func session(_ count: Int) -> [String] {
    (1...count).map { record($0, $0.isMultiple(of: 2) ? "assistant" : "user", "Turn \($0), with a few words more.") }
}

@Suite struct `A source too large for memory` {
    static let wholes: [(format: TranscriptFormat, text: String)] = [
        (.claudeCode, session(60).joined(separator: "\n") + "\n"),
        (.claudeCode, session(60).joined(separator: "\r\n\n")),
        (
            .openAIChat,
            (1...90).map {
                #"{"role":"\#($0 % 2 == 0 ? "assistant" : "user")","content":"Turn \#($0), and more words"}"#
            }
            .joined(separator: "\n")
        ),
        (
            .anthropic,
            (1...60).map {
                $0 % 2 == 0
                    ? #"{"role":"assistant","content":[{"type":"tool_use","id":"t\#($0)","name":"Bash","input":{"command":"ls"}}]}"#
                    : #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t\#($0 - 1)","content":"file \#($0)"}]}"#
            }.joined(separator: "\n")
        ),
        (
            .text,
            (1...90).map { "User: please do step \($0)\nAgent: step \($0) is done, really." }.joined(separator: "\n")
        ),
        (.text, (1...200).map { "2026-05-01 INFO step \($0) é took \($0) ms" }.joined(separator: "\r\n")),
    ]

    /// Whether a source is held whole or read by lines must not show, wherever its pieces begin and end.
    @Test(arguments: wholes.indices, [1, 7, 777, 100_000])
    func `gives the same by lines as in one piece`(_ index: Int, size: Int) throws {
        let (format, text) = Self.wholes[index]
        #expect(text.utf8.count > low.documentBytes)
        var high = low
        high.documentBytes = 100_000
        let whole = try read(text, limits: high)
        let byLines = try read(text, size: size)
        #expect(byLines.map(\.activity) == whole.map(\.activity))
        #expect(byLines.map(\.jobID) == whole.map(\.jobID))
        #expect(byLines.map(\.task) == whole.map(\.task))
        #expect(byLines.first?.format == format)
    }

    @Test func `loses a line that is too long, and says which and how much`() throws {
        var lines = session(60)
        lines[9] = record(10, "assistant", String(repeating: "x", count: 5000))
        let transcript = try #require(try read(lines.joined(separator: "\n")).first)
        #expect(transcript.activity.events.count == 59)
        #expect(transcript.activity.events[9].line == 11)
        let note = try #require(transcript.activity.notes.first)
        #expect(note == "left out, as too large: line 10 longer than 2.0 KB, 5.1 KB together")
        #expect(TranscriptNote.isAboutSize(note))
    }

    @Test func `of one endless line of text keeps its beginning`() throws {
        let transcript = try #require(try read("start " + String(repeating: "x", count: 50_000)).first)
        #expect(transcript.format == .text)
        #expect(transcript.activity.events.count == 1)
        #expect(transcript.activity.events[0].text.hasPrefix("start "))
        #expect(transcript.activity.events[0].text.utf8.count <= low.eventBytes)
        #expect(
            transcript.activity.notes.first == "left out, as too large: line 1 longer than 2.0 KB, 48.0 KB together"
        )
    }

    @Test func `that is cut off says so`() throws {
        let text = session(60).joined(separator: "\n").dropLast(20)
        let transcript = try #require(try read(String(text)).first)
        #expect(transcript.activity.events.count == 59)
        #expect(
            transcript.activity.notes == [
                "the last line (60) is cut off and was left out, as in a session still being written"
            ]
        )
    }

    @Test func `with bytes that are not UTF-8 says so`() throws {
        var bytes = Array(session(60).joined(separator: "\n").utf8)
        bytes[bytes.count - 10] = 0xFF
        let transcripts = try TranscriptReader.read(name: "file", limits: low) { atMost in
            defer { bytes = Array(bytes.dropFirst(atMost)) }
            return Array(bytes.prefix(atMost))
        }
        #expect(transcripts.first?.activity.notes == ["some bytes are not UTF-8 and were replaced"])
    }

    static let refused: [(text: String, sentence: String)] = [
        ("[" + session(60).joined(separator: ",") + "]", "is larger than 4.0 KB"),
        ("[\n" + session(60).joined(separator: ",\n") + "\n]", "is larger than 4.0 KB"),
        (
            #"{"messages":["# + String(repeating: #"{"role":"user","content":"x"},"#, count: 200),
            "is larger than 4.0 KB"
        ),
        (
            String(
                repeating: #"{"task_id":1,"trial":0,"reward":1,"traj":[{"role":"user","content":"x"}]}"# + "\n",
                count: 90
            ),
            "is larger than 4.0 KB"
        ),
        (
            String(repeating: #"{"messages":[{"role":"user","content":"x"}]}"# + "\n", count: 200),
            "is larger than 4.0 KB"
        ),
        (String(repeating: #"{"payload":{},"type":"session_meta"}"# + "\n", count: 200), "looks like a Codex rollout"),
        (String(repeating: "\u{0}", count: 5000), "holds zero bytes"),
        (String(repeating: " \n", count: 5000), "is empty"),
    ]

    @Test(arguments: refused)
    func `is refused where it cannot be taken apart by lines`(text: String, sentence: String) throws {
        let error = #expect(throws: TranscriptError.self) { try read(text) }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
    }

    @Test func `of deep or countless values is damaged, not fatal`() throws {
        var limits = low
        limits.documentBytes = 100_000
        limits.jsonValues = 1000
        for text in [String(repeating: "[", count: 50_000), "[" + String(repeating: "[],", count: 2000) + "[]]"] {
            let error = #expect(throws: TranscriptError.self) { try read(text, limits: limits) }
            #expect(error?.description.contains("starts as JSON but cannot be read") == true)
        }
    }

    @Test func `passes on what its pieces throw`() {
        struct Gone: Error {}
        #expect(throws: Gone.self) { try TranscriptReader.read(name: "file") { _ in throw Gone() } }
    }
}

@Suite struct `Events of a long activity` {
    private func list(_ limits: TranscriptLimits = low, _ events: (inout EventList) -> Void) -> EventList {
        var list = EventList(limits)
        events(&list)
        return list
    }

    private func bytes(_ list: EventList) -> Int { list.events.reduce(0) { $0 + $1.text.utf8.count } }

    @Test func `lose the middle of a long text, between characters`() throws {
        let text = "begin" + String(repeating: "é…👩‍👩‍👧", count: 400) + "end"
        let kept = try #require(list { $0.add(.tool, .toolResult, text, line: 1) }.events.first?.text)
        #expect(kept.utf8.count <= low.eventBytes)
        #expect(kept.hasPrefix("begin") && kept.hasSuffix("end") && kept.contains("\n… left out …\n"))
        #expect(!kept.contains("\u{FFFD}"))
    }

    /// Wherever the cut falls: no part of a key that is long enough to be of use is left.
    @Test func `lose no half of a secret to the cut`() throws {
        let key = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"
        for place in stride(from: 0, through: low.eventBytes, by: 7) {
            let text = String(repeating: "x ", count: place / 2) + key + String(repeating: " y", count: low.eventBytes)
            let kept = try #require(list { $0.add(.tool, .toolResult, text, line: 1) }.events.first?.text)
            #expect(!kept.contains(key.prefix(12)) && !kept.contains(key.suffix(8)), "with the key at \(place)")
        }
    }

    @Test func `are shortened before any is dropped, a person's last`() {
        let list = list { list in
            for turn in 1...60 {
                list.add(.user, .message, "wish \(turn) " + String(repeating: "w", count: 1100), line: turn)
                list.add(.tool, .toolResult, "run \(turn) " + String(repeating: "r", count: 1100), line: turn)
            }
        }
        #expect(list.events.count < 120)
        #expect(bytes(list) <= low.activityBytes)
        #expect(list.events.count { $0.actor == .user } == 60)
        // The number is its place in the source, so that a longer one has more events than a shorter one.
        #expect(list.events.map(\.number) == list.events.map { 2 * $0.line - ($0.actor == .user ? 1 : 0) })
    }

    @Test func `that are too many keep the first, the last, and what a person said`() throws {
        let list = list { list in
            for turn in 1...2000 {
                let isWish = turn % 100 == 50
                list.add(isWish ? .user : .agent, .message, "\(isWish ? "wish" : "step") \(turn)", line: turn)
            }
        }
        #expect(list.events.count <= low.activityEvents)
        #expect(list.events.first?.text == "step 1")
        #expect(list.events.suffix(40).map(\.line) == Array(1961...2000))
        #expect(list.events.count { $0.actor == .user } == 20)
        #expect(list.events.map(\.number) == list.events.map(\.line))
        let activity = list.activity(.text)
        #expect(activity.sourceEvents == 2000 && activity[number: 2000]?.text == "step 2000")
        #expect(list.events.allSatisfy { activity[number: $0.number] == $0 })
        let kept = Set(list.events.map(\.number))
        #expect((-1...2001).allSatisfy { (activity[number: $0] != nil) == kept.contains($0) })
        let dropped = 2000 - list.events.count
        #expect(
            list.activity(.text).notes == [
                "left out, as too large: \(dropped) events between the first and the last"
            ]
        )
    }

    @Test func `that are a person's alone are bounded all the same`() {
        let list = list { list in
            for turn in 1...3000 {
                list.add(.user, .message, "wish \(turn) " + String(repeating: "w", count: 900), line: turn)
            }
        }
        #expect(bytes(list) <= low.activityBytes)
        #expect(list.events.first?.line == 1 && list.events.last?.line == 3000)
    }

    @Test func `have arguments, names and kinds within limits too`() {
        let name = String(repeating: "n", count: 9000)
        let list = list { list in
            list.addCall(name, id: name, arguments: .string(name), line: 1)
            list.addResult("done", of: name, isError: false, line: 2)
            for kind in 0..<1000 { list.count(unknown: "\(name)\(kind)") }
            for kind in 0..<1000 { list.count(unknown: "kind \(kind)") }
        }
        let call = list.events[0].tool
        #expect(call?.arguments.map { $0.utf8.count <= low.eventBytes } == true)
        #expect(call.map { $0.name.utf8.count <= 500 } == true)
        #expect(list.events[1].tool?.name == call?.name)
        #expect(list.unknownRecords.count <= 201)
        #expect(list.unknownRecords.values.reduce(0, +) == 2000)
    }
}
