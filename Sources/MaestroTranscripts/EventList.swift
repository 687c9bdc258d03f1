// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Collects the events of one activity in the order of the source, and what was met on the way.
struct EventList {
    private var kept: BoundedEvents
    private(set) var unknownRecords: [String: Int] = [:]
    var notes: [String] = []
    /// Names of the tools whose calls were seen, by call id: results carry only the id.
    private var toolNames: [String: String] = [:]

    /// Names come from the source: more kinds than this are none.
    private static let maxKinds = 200
    private static let maxNameBytes = 500
    private static let maxToolNames = 50_000

    init(_ limits: TranscriptLimits = .standard) { kept = BoundedEvents(limits) }

    var events: [Event] { kept.events }

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
        kept.append(Event(number: 0, actor: actor, kind: kind, text: text, tool: tool, time: time, line: line))
    }

    /// Adds a call; `arguments` is an object, or JSON text as some formats have it.
    mutating func addCall(_ name: String, id: String?, arguments: JSONValue?, time: Date? = nil, line: Int) {
        let name = name.cut(toBytes: Self.maxNameBytes)
        let id = id?.cut(toBytes: Self.maxNameBytes)
        if toolNames.count >= Self.maxToolNames { toolNames = [:] }
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
        let id = id?.cut(toBytes: Self.maxNameBytes)
        let name = (name ?? id.flatMap { toolNames[$0] } ?? "tool").cut(toBytes: Self.maxNameBytes)
        let tool = Event.Tool(name: name, callID: id, isError: isError)
        add(.tool, .toolResult, text, tool: tool, time: time, line: line)
    }

    func toolName(of id: String?) -> String? { id.flatMap { toolNames[$0] } }

    mutating func count(unknown kind: String) {
        let kind = kind.cut(toBytes: Self.maxNameBytes)
        let isKnown = unknownRecords.count < Self.maxKinds || unknownRecords[kind] != nil
        unknownRecords[isKnown ? kind : "other kinds", default: 0] += 1
    }

    func activity(_ format: TranscriptFormat) -> Activity {
        Activity(
            format: format.rawValue,
            events: events,
            unknownRecords: unknownRecords,
            notes: (kept.note.map { [$0] } ?? []) + notes
        )
    }
}
