// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Events of one activity, kept within limits however long their source is.
///
/// What a person said goes last: first the middle of long texts of tools, agent and host, then of long turns, then
/// whole events between the first and the last quarter, those that no person said before the others.
struct BoundedEvents {
    private(set) var events: [Event] = []
    private let limits: TranscriptLimits
    private var bytes = 0
    private var shortening: Shortening
    private var seen = 0

    init(_ limits: TranscriptLimits) {
        self.limits = limits
        shortening = Shortening(maxBytes: limits.eventBytes)
    }

    /// What was left out, as a sentence; nil where nothing was.
    var note: String? {
        let parts = [
            shortening.bytes > 0 ? "\(ByteText.of(shortening.bytes)) from the middle of long texts" : nil,
            seen > events.count ? "\(seen - events.count) events between the first and the last" : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? nil : TranscriptNote.tooLarge(parts.joined(separator: " and "))
    }

    /// Adds an event, whose number is its place among all that were added.
    mutating func append(_ event: Event) {
        var event = event
        shortening.apply(to: &event)
        seen += 1
        event.number = seen
        events.append(event)
        bytes += event.bytes
        if isOver { makeRoom() }
    }

    private var isOver: Bool { bytes > limits.activityBytes || events.count > limits.activityEvents }

    private mutating func makeRoom() {
        while bytes > limits.activityBytes, shortening.tighten() {
            for index in events.indices { shortening.apply(to: &events[index]) }
            bytes = events.reduce(0) { $0 + $1.bytes }
        }
        while isOver, events.count >= 4 { dropEvents() }
    }

    /// Makes room for a quarter more, so that a long source does not pay for it event by event.
    private mutating func dropEvents() {
        let middle = events.count / 4..<events.count - events.count / 4
        var doomed: Set<Int> = []
        var (bytes, count) = (bytes, events.count)
        for isTurn in [false, true] {
            for index in middle where events[index].isHumanTurn == isTurn {
                guard bytes > limits.activityBytes / 4 * 3 || count > limits.activityEvents / 4 * 3 else { break }
                doomed.insert(index)
                bytes -= events[index].bytes
                count -= 1
            }
        }
        events = events.indices.lazy.filter { !doomed.contains($0) }.map { events[$0] }
        self.bytes = bytes
    }
}

extension Event {
    fileprivate var bytes: Int { text.utf8.count + (tool?.arguments?.utf8.count ?? 0) }
}
