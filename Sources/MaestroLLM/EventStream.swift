// SPDX-License-Identifier: Apache-2.0
import Maestro

/// A body of server-sent events: what some servers send although `stream` is false.
struct EventStream {
    /// The JSON of every event, in their order.
    private let events: [JSONValue]
    /// Whether every event could be read.
    private let isWhole: Bool
    /// Whether the stream says that it is at its end.
    private let isDone: Bool

    /// Nil where `text` is no such stream.
    init?(_ text: String) {
        guard ["data:", "event:", "id:", "retry:", ":"].contains(where: text.hasPrefix) else { return nil }
        // By bytes: a text in JSON may hold other letters that break lines.
        let data = text.utf8.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            .compactMap { line in Substring(line).hasPrefix("data:") ? Substring(line).dropFirst("data:".count) : nil }
            .map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
        let isEnd = { (line: Substring) in line.hasPrefix("[DONE]") }
        let events = data.prefix { !isEnd($0) }.map { JSONValue(json: $0) }
        self.events = events.compactMap(\.self)
        isWhole = !events.contains(nil)
        isDone = data.contains(where: isEnd)
    }

    /// The event that holds an error, else the completion; nil where the stream broke off or a part of it is lost.
    var json: JSONValue? { events.first { !($0["error"] ?? .null).saysNothing } ?? completion }

    private var completion: JSONValue? {
        let choices = events.compactMap { $0["choices"]?.array?.first }
        let reason = choices.compactMap { $0["finish_reason"]?.string }.last
        guard isWhole, !choices.isEmpty, isDone || reason != nil else { return nil }
        let deltas = choices.compactMap { $0["delta"] ?? $0["message"] }
        let texts = ["content", "reasoning_content", "reasoning", "refusal"].compactMap { key in
            let parts = deltas.compactMap { $0[key]?.string }
            return parts.isEmpty ? nil : (key, JSONValue.string(parts.joined()))
        }
        let choice = JSONValue.make([
            ("message", .make(texts)), ("finish_reason", reason.map(JSONValue.string) ?? .null),
        ])
        let named = ["model", "usage"].compactMap { key in
            events.compactMap { $0[key] }.last { $0 != .null }.map { (key, $0) }
        }
        return .make([("object", .string("chat.completion")), ("choices", .array([choice]))] + named)
    }
}
