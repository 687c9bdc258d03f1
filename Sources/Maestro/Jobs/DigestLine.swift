// SPDX-License-Identifier: Apache-2.0

/// One line that a digest may hold: an event, or a run of tool calls told as one.
struct DigestLine: Hashable, Sendable {
    /// What is chosen first.
    ///
    /// A person's correction outweighs a pattern of errors, and that what the agent says.
    enum Weight: Int, Comparable, Sendable {
        ///
        /// What was reflected on before is `context`, last of all but for the task.
        case task, correction, error, lastWords, humanTurn, pasted, run, agentText, context
        static func < (a: Weight, b: Weight) -> Bool { a.rawValue < b.rawValue }
    }

    let weight: Weight
    /// Numbers of the events that the line tells, ascending.
    let events: [Int]
    /// The whole line, starting with `#<number>`.
    let text: String

    var first: Int { events[0] }

    /// Heavier first; of equal weight the newer, except agent text and runs, where a story is told from its start.
    static func outweighs(_ a: DigestLine, _ b: DigestLine) -> Bool {
        a.weight != b.weight ? a.weight < b.weight : a.first > b.first
    }

    func shortened(toBytes limit: Int) -> DigestLine {
        DigestLine(weight: weight, events: events, text: text.cut(toBytes: limit))
    }

    /// Most bytes of one event's words, by weight.
    private static func limit(of weight: Weight) -> Int {
        switch weight {
        case .task, .humanTurn: 600
        case .correction, .lastWords: 800
        case .error: 400
        case .pasted, .run: 200
        case .agentText, .context: 240
        }
    }

    private init(weight: Weight, events: [Int], text: String) {
        self.weight = weight
        self.events = events
        self.text = text
    }

    private init(_ weight: Weight, _ event: Event, _ label: String, _ words: String) {
        let words = words.onOneLine.cut(toBytes: Self.limit(of: weight))
        self.init(weight: weight, events: [event.number], text: "#\(event.number) \(label): \(words)")
    }

    /// Every line of weight in an activity; what lies wholly before `firstNewEvent` is context.
    ///
    /// Thinking is not in an activity at all; the host's texts and results that merely succeeded are left out here.
    static func all(of activity: Activity, firstNewEvent: Int? = nil) -> [DigestLine] {
        let lines = all(of: activity)
        guard let firstNewEvent else { return lines }
        return lines.map { line in
            guard line.weight != .task, line.events.allSatisfy({ $0 < firstNewEvent }) else { return line }
            return DigestLine(weight: .context, events: line.events, text: line.text.cut(toBytes: limit(of: .context)))
        }
    }

    private static func all(of activity: Activity) -> [DigestLine] {
        let errors = errorEvents(of: activity)
        let lastWords = activity.events.last { $0.actor == .agent && $0.kind == .message }?.number
        let task = activity.firstHumanTurn?.number
        var lines: [DigestLine] = []
        for event in activity.events {
            switch (event.actor, event.kind) {
            case (.user, .correction):
                let tool = event.tool.map { ", refusing \($0.name)" } ?? ", refusing"
                lines.append(DigestLine(.correction, event, "user\(tool)", event.text))
            case (.user, _):
                lines.append(DigestLine(event.number == task ? .task : .humanTurn, event, "user", event.text))
            case (.harness, .interruption):
                lines.append(
                    DigestLine(.correction, event, "harness", "the person stopped or refused this without words")
                )
            case (.agent, .message):
                lines.append(
                    DigestLine(event.number == lastWords ? .lastWords : .agentText, event, "agent", event.text)
                )
            case (.agent, .toolCall) where errors.contains(event.number):
                lines.append(DigestLine(.error, event, "agent calls \(event.tool?.name ?? "a tool")", event.text))
            case (.tool, .toolResult) where errors.contains(event.number):
                let verdict = event.tool?.isError == true ? "failed" : "answered"
                lines.append(
                    DigestLine(.error, event, "\(event.tool?.name ?? "tool") \(verdict)", ends(of: event.text))
                )
            case (.tool, .toolResult) where event.tool == nil:
                lines.append(DigestLine(.pasted, event, "pasted output", ends(of: event.text)))
            default: continue
            }
        }
        return lines + runs(of: activity, without: errors)
    }

    /// First and last line of an output: where compilers and test runners say what matters.
    private static func ends(of text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        guard let first = lines.first, let last = lines.last, lines.count > 1 else { return text }
        return "\(String(first).cut(toBytes: 190)) … \(String(last).cut(toBytes: 190))"
    }

    /// Failed results that are not the host's, with the call before each and the next call of that tool.
    private static func errorEvents(of activity: Activity) -> Set<Int> {
        var numbers: Set<Int> = []
        for (index, event) in activity.events.enumerated() {
            guard event.kind == .toolResult, let tool = event.tool, tool.isError, !HarnessError.matches(event.text)
            else { continue }
            numbers.insert(event.number)
            let before = activity.events[..<index].last {
                $0.kind == .toolCall && (tool.callID == nil || $0.tool?.callID == tool.callID)
            }
            if let before { numbers.insert(before.number) }
            let next = activity.events[(index + 1)...].first { $0.kind == .toolCall && $0.tool?.name == tool.name }
            if let next { numbers.insert(next.number) }
        }
        return numbers
    }

    /// Consecutive uses of one tool for one thing, as one line: `Bash mise run lint ×3: fail, ok, ok`.
    private static func runs(of activity: Activity, without taken: Set<Int>) -> [DigestLine] {
        var results: [String: Bool] = [:]
        for event in activity.events where event.kind == .toolResult {
            if let id = event.tool?.callID { results[id] = event.tool?.isError }
        }
        var lines: [DigestLine] = []
        var run: [Event] = []
        func close() {
            if let line = line(ofRun: run, results) { lines.append(line) }
            run = []
        }
        for event in activity.events where event.kind == .toolCall && !taken.contains(event.number) {
            if let last = run.last, last.tool?.name != event.tool?.name || last.text != event.text { close() }
            run.append(event)
        }
        close()
        return lines
    }

    private static func line(ofRun run: [Event], _ results: [String: Bool]) -> DigestLine? {
        guard let first = run.first, let name = first.tool?.name else { return nil }
        let verdicts = run.map { event in
            event.tool?.callID.flatMap { results[$0] }.map { $0 ? "fail" : "ok" } ?? "?"
        }
        let what = first.text.onOneLine.cut(toBytes: limit(of: .run))
        let times = run.count > 1 ? " ×\(run.count)" : ""
        return DigestLine(
            weight: .run,
            events: run.map(\.number),
            text: "#\(first.number) \(name) \(what)\(times): \(verdicts.joined(separator: ", "))"
        )
    }
}
