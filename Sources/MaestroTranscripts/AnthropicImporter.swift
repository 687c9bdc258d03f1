// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Anthropic messages: a list, or an object with `system` and `messages`.
///
/// Tool results are blocks of user messages.
enum AnthropicImporter {
    static let blocks: Set = ["tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use"]

    /// Whether messages are of this format rather than OpenAI's: they have blocks that only it has.
    static func isAnthropic(_ messages: [JSONValue]) -> Bool {
        messages.contains { message in
            message["content"]?.array?.contains { blocks.contains($0["type"]?.string ?? "") } ?? false
        }
    }

    static func transcript(
        of messages: [JSONValue],
        system: JSONValue?,
        id: String?,
        name: String,
        line: (Int) -> Int = { $0 + 1 }
    ) throws(TranscriptError) -> Transcript {
        var list = EventList()
        list.add(.harness, .notice, MessageContent.text(of: system), line: 1)
        for (index, message) in messages.enumerated() { add(message, line(index), to: &list) }
        return try transcript(of: list, id: id, name: name)
    }

    static func transcript(of list: EventList, id: String?, name: String) throws(TranscriptError) -> Transcript {
        guard !list.events.isEmpty else {
            throw .malformed(name, .anthropic, "its messages hold no text and no tool call")
        }
        return Transcript(
            jobID: id,
            format: .anthropic,
            outcome: OutcomeInference.outcome(of: list.events),
            activity: list.activity(.anthropic)
        )
    }

    /// The events of one message.
    static func add(_ message: JSONValue, _ line: Int, to list: inout EventList) {
        let role = message["role"]?.string
        guard role == "user" || role == "assistant" else {
            return list.count(unknown: "message with role \(role ?? "missing")")
        }
        if let text = message["content"]?.string { return addText(text, role, line, to: &list) }
        for block in message["content"]?.array ?? [] {
            switch block["type"]?.string {
            case "text": addText(block["text"]?.string ?? "", role, line, to: &list)
            case "tool_use", "server_tool_use":
                list.addCall(
                    block["name"]?.string ?? "tool",
                    id: block["id"]?.string,
                    arguments: block["input"],
                    line: line
                )
            case "tool_result", "web_search_tool_result":
                list.addResult(
                    MessageContent.text(of: block["content"]),
                    of: block["tool_use_id"]?.string,
                    isError: block["is_error"]?.isTrue ?? false,
                    line: line
                )
            case "thinking", "redacted_thinking", "image", "document": continue
            default: list.count(unknown: "block \(block["type"]?.string ?? block.kind)")
            }
        }
    }

    private static func addText(_ text: String, _ role: String?, _ line: Int, to list: inout EventList) {
        guard role == "user" else { return list.add(.agent, .message, text, line: line) }
        for part in HumanTurn(text).parts { list.add(part.actor, part.kind, part.text, line: line) }
    }
}
