// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Collects the events of one activity in the order of the source, and what was met on the way.
struct EventList {
    private(set) var events: [Event] = []
    var unknownRecords: [String: Int] = [:]
    var notes: [String] = []
    /// Names of the tools whose calls were seen, by call id: results carry only the id.
    private var toolNames: [String: String] = [:]

    mutating func add(
        _ actor: Event.Actor,
        _ kind: Event.Kind,
        _ text: String,
        tool: Event.Tool? = nil,
        time: Date? = nil,
        line: Int
    ) {
        let text = text.trimmed
        guard !text.isEmpty || tool != nil else { return }
        events.append(
            Event(number: events.count + 1, actor: actor, kind: kind, text: text, tool: tool, time: time, line: line)
        )
    }

    /// Adds a call; `arguments` is an object, or JSON text as some formats have it.
    mutating func addCall(_ name: String, id: String?, arguments: JSONValue?, time: Date? = nil, line: Int) {
        if let id { toolNames[id] = name }
        let tool = Event.Tool(name: name, callID: id, arguments: arguments.map { $0.string ?? $0.text })
        add(.agent, .toolCall, ToolBrief.text(of: arguments), tool: tool, time: time, line: line)
    }

    mutating func addResult(
        _ text: String,
        of id: String?,
        name: String? = nil,
        isError: Bool,
        time: Date? = nil,
        line: Int
    ) {
        let name = name ?? id.flatMap { toolNames[$0] } ?? "tool"
        let tool = Event.Tool(name: name, callID: id, isError: isError)
        add(.tool, .toolResult, text, tool: tool, time: time, line: line)
    }

    func toolName(of id: String?) -> String? { id.flatMap { toolNames[$0] } }

    mutating func count(unknown kind: String) { unknownRecords[kind, default: 0] += 1 }

    func activity(_ format: TranscriptFormat) -> Activity {
        Activity(format: format.rawValue, events: events, unknownRecords: unknownRecords, notes: notes)
    }
}
