// SPDX-License-Identifier: Apache-2.0

/// The part of an activity that a model sees, within a limit of bytes.
///
/// What weighs most goes in first (``DigestLine/Weight``), what was chosen is printed in event order, and every gap says
/// how much it hides. Every event stands on one line, so that no text in a log can imitate another event.
package struct Digest: Hashable, Sendable {
    package let text: String
    /// Numbers of the events that are printed: what a reply may cite.
    package let events: Set<Int>
    package let size: DigestSize
    /// What was left out, one sentence each; empty where all of weight fits.
    package let notes: [String]

    /// Events before `firstNewEvent` were reflected on already: they are context, where there is room.
    package init(_ activity: Activity, maxBytes: Int, firstNewEvent: Int? = nil) {
        let candidates = DigestLine.all(of: activity, firstNewEvent: firstNewEvent)
        var page = Page(activity, maxBytes: maxBytes)
        for line in candidates.sorted(by: DigestLine.outweighs) { page.add(line) }

        text = page.rendered
        events = Set(page.lines.flatMap(\.events))
        // Numbers and actors make a short activity longer than its words: then all of it is seen.
        let whole = activity.events.reduce(0) { $0 + $1.text.utf8.count }
        size = DigestSize(bytes: text.utf8.count, ofBytes: max(whole, text.utf8.count))
        notes = Self.notes(kept: page.lines.count, of: candidates.count, activity)
    }

    private static func notes(kept: Int, of all: Int, _ activity: Activity) -> [String] {
        var notes: [String] = []
        if kept < all { notes.append("the digest holds \(kept) of \(all) lines of weight") }
        let cost = activity.events.count { $0.tool?.isError == true && HarnessError.matches($0.text) }
        if cost > 0 { notes.append("\(cost) errors of the host were counted as cost, not shown") }
        return notes
    }
}

/// Lines chosen so far, in event order, with what they would cost printed.
private struct Page {
    private let maxBytes: Int
    private(set) var lines: [DigestLine] = []
    private var printed: Set<Int> = []
    private var size = 0
    /// Bytes of the events before each event, so that a gap is told without a walk through it.
    private let bytesBefore: [Int]
    private let activity: Activity
    /// Shorter than this a line says nothing.
    private static let shortest = 80

    init(_ activity: Activity, maxBytes: Int) {
        self.maxBytes = maxBytes
        self.activity = activity
        bytesBefore = activity.events.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.text.utf8.count) }
    }

    /// Adds a line where it fits, shortened if need be; else leaves the page as it is.
    mutating func add(_ line: DigestLine) {
        guard maxBytes - size >= Self.shortest, printed.isDisjoint(with: line.events) else { return }
        let at = lines.firstIndex { $0.first > line.first } ?? lines.endIndex
        lines.insert(line, at: at)
        let excess = rendered.utf8.count - maxBytes
        if excess > 0 {
            let left = line.text.utf8.count - excess
            guard left >= Self.shortest else {
                lines.remove(at: at)
                return
            }
            lines[at] = line.shortened(toBytes: left)
        }
        printed.formUnion(line.events)
        size = rendered.utf8.count
    }

    var rendered: String {
        var parts: [String] = []
        var next = 1
        for line in lines {
            if let gap = gap(from: next, to: line.first) { parts.append(gap) }
            parts.append(line.text)
            next = max(next, (line.events.max() ?? line.first) + 1)
        }
        if let gap = gap(from: next, to: activity.sourceEvents + 1) { parts.append(gap) }
        return parts.joined(separator: "\n")
    }

    private func gap(from: Int, to: Int) -> String? {
        guard from < to else { return nil }
        let bytes = bytesBefore[activity.place(of: to)] - bytesBefore[activity.place(of: from)]
        return "… \(to - from) event\(to - from == 1 ? "" : "s"), \(ByteText.of(bytes)) left out …"
    }
}

/// A number of bytes as people read it: `812 B`, `9.1 KB`.
package enum ByteText {
    package static func of(_ bytes: Int) -> String {
        switch bytes {
        case ..<1000: "\(bytes) B"
        case ..<1_000_000: "\((Double(bytes) / 100).rounded() / 10) KB"
        case ..<1_000_000_000: "\((Double(bytes) / 100_000).rounded() / 10) MB"
        default: "\((Double(bytes) / 100_000_000).rounded() / 10) GB"
        }
    }
}

/// How much of the activity the model saw.
package struct DigestSize: Hashable, Sendable, Codable {
    package var bytes: Int
    package var ofBytes: Int

    package init(bytes: Int, ofBytes: Int) {
        self.bytes = bytes
        self.ofBytes = ofBytes
    }
}
