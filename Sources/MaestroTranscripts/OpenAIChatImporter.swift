// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// OpenAI chat messages: a list, an object with `messages`, or lines of either.
///
/// `content` may be null beside tool calls; arguments are JSON text and may be invalid, which is kept as it is.
enum OpenAIChatImporter {
    static let roles: Set = ["system", "developer", "user", "assistant", "tool", "function"]

    /// The events of a list of messages; `line(index)` is the place of a message in the source.
    static func events(of messages: [JSONValue], line: (Int) -> Int = { $0 + 1 }) -> EventList {
        var list = EventList()
        for (index, message) in messages.enumerated() { add(message, line(index), to: &list) }
        return list
    }

    static func transcript(
        of messages: [JSONValue],
        id: String?,
        name: String,
        line: (Int) -> Int = { $0 + 1 }
    ) throws(TranscriptError) -> Transcript {
        try transcript(of: events(of: messages, line: line), id: id, name: name)
    }

    static func transcript(of list: EventList, id: String?, name: String) throws(TranscriptError) -> Transcript {
        guard !list.events.isEmpty else {
            throw .malformed(name, .openAIChat, "its messages hold no text and no tool call")
        }
        return Transcript(
            jobID: id,
            format: .openAIChat,
            outcome: OutcomeInference.outcome(of: list.events),
            activity: list.activity(.openAIChat)
        )
    }

    /// The events of one message.
    static func add(_ message: JSONValue, _ line: Int, to list: inout EventList) {
        let text = MessageContent.text(of: message["content"])
        let time = ISOTime.date(message["timestamp"])
        switch message["role"]?.string {
        case "system", "developer": list.add(.harness, .notice, text, time: time, line: line)
        case "user" where isObservation(text):
            list.addResult(text, of: nil, isError: false, time: time, line: line)
        case "user":
            addTurn(text, time, line, to: &list)
        case "assistant":
            list.add(.agent, .message, text.isEmpty ? message["refusal"]?.string ?? "" : text, time: time, line: line)
            for call in message["tool_calls"]?.array ?? [] {
                let function = call["function"]
                list.addCall(
                    function?["name"]?.string ?? "tool",
                    id: call["id"]?.string,
                    arguments: function?["arguments"],
                    time: time,
                    line: line
                )
            }
            if let call = message["function_call"], let name = call["name"]?.string {
                list.addCall(name, id: nil, arguments: call["arguments"], time: time, line: line)
            }
        case "tool", "function":
            list.addResult(
                text,
                of: message["tool_call_id"]?.string,
                name: message["name"]?.string,
                isError: saysError(text),
                time: time,
                line: line
            )
        default: list.count(unknown: "message with role \(message["role"]?.string ?? "missing")")
        }
    }

    private static func addTurn(_ text: String, _ time: Date?, _ line: Int, to list: inout EventList) {
        var notices: [HumanTurn.Part] = []
        let words = HumanTurn.removingHostBlocks(from: text, into: &notices)
        for notice in notices { list.add(.harness, .notice, notice.text, time: time, line: line) }
        for piece in PastedOutput.split(words) {
            list.add(
                piece.isOutput ? .tool : .user,
                piece.isOutput ? .toolResult : .message,
                piece.text,
                time: time,
                line: line
            )
        }
    }

    /// What a tool printed, in a message of role `user`: how mini-swe-agent and other agents without tool calls do it.
    private static func isObservation(_ text: String) -> Bool {
        let start = text.drop { $0.isWhitespace }
        return ["<returncode>", "<output>", "Observation:", "OBSERVATION:"].contains { start.hasPrefix($0) }
    }

    /// The format has no flag for failure, so only plain words count.
    private static func saysError(_ text: String) -> Bool {
        ["Error:", "error:", "Error executing", "Traceback (most recent call last)", "{\"error\":"]
            .contains { text.hasPrefix($0) }
    }
}
