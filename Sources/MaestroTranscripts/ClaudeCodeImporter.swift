// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Claude Code session JSONL, versions 1.0 to 2.1 (the format is internal and changes: parsed defensively).
///
/// Lines are taken in file order. Walking the `parentUuid` chain, as the vendor's SDK does, loses a tenth to a quarter of
/// the tool results, since parallel calls hang as siblings.
struct ClaudeCodeImporter {
    private var list: EventList
    private var sessionID: String?
    private var directory: String?
    private var sidechainLines = 0
    private var brokenLines = 0

    init(_ limits: TranscriptLimits = .standard) { list = EventList(limits) }

    /// Whether this is a line of a session, also one of the bookkeeping ones that may come first.
    static func isRecord(_ value: JSONValue) -> Bool {
        guard let type = value["type"]?.string else { return false }
        if value["leafUuid"] != nil || type == "file-history-snapshot" { return true }
        return value["sessionId"]?.string != nil
            && (value["message"] != nil || value["timestamp"] != nil || value["uuid"] != nil)
    }

    static func transcript(of source: SourceText) throws(TranscriptError) -> Transcript {
        var importer = ClaudeCodeImporter(source.limits)
        source.forEachLine { number, line, isLast in importer.read(line, number, isLast: isLast) }
        return try importer.transcript(name: source.name)
    }

    mutating func read(_ line: ArraySlice<UInt8>, _ number: Int, isLast: Bool) {
        guard let record = SourceText.json(of: line) else {
            if isLast {
                list.notes.append(
                    "the last line (\(number)) is cut off and was left out, as in a session still being written"
                )
            } else {
                brokenLines += 1
                list.count(unknown: "not JSON")
            }
            return
        }
        guard let type = record["type"]?.string else { return list.count(unknown: "without type") }
        if sessionID == nil { sessionID = record["sessionId"]?.string }
        if directory == nil { directory = record["cwd"]?.string }
        if record["isSidechain"]?.isTrue == true {
            sidechainLines += 1
            return
        }
        switch type {
        case "user": readUser(record, number)
        case "assistant": readAssistant(record, number)
        case "system": readSystem(record, number)
        case "attachment": readAttachment(record, number)
        case _ where Self.bookkeeping.contains(type): return
        default: list.count(unknown: type)
        }
    }

    /// Records that hold nothing a job did.
    private static let bookkeeping: Set = [
        "progress", "file-history-snapshot", "queue-operation", "last-prompt", "tag", "cost-state",
        "summary",
        "custom-title", "ai-title", "pr-link", "agent-name", "permission-mode", "mode", "worktree-state",
    ]

    private mutating func readUser(_ record: JSONValue, _ line: Int) {
        let time = ISOTime.date(record["timestamp"])
        guard let content = record["message"]?["content"] else { return list.count(unknown: "user without content") }
        let isMarked = ["isMeta", "isCompactSummary", "isVisibleInTranscriptOnly", "isSynthetic", "planContent"]
            .contains { key in
                record[key].map { $0 != .null && $0 != .bool(false) } ?? false
            }
        let isHost = isMarked || !Self.isHuman(record["origin"])
        if case .string(let text) = content { return addTurn(text, isHost: isHost, time, line) }
        for block in content.array ?? [] {
            if let text = block.string {
                addTurn(text, isHost: isHost, time, line)
                continue
            }
            switch block["type"]?.string {
            case "text": addTurn(block["text"]?.string ?? "", isHost: isHost, time, line)
            case "tool_result": addResult(block, time, line)
            case "image", "document": continue
            default: list.count(unknown: "user block \(block["type"]?.string ?? block.kind)")
            }
        }
    }

    private mutating func addTurn(_ text: String, isHost: Bool, _ time: Date?, _ line: Int) {
        if isHost { return list.add(.harness, .notice, text, time: time, line: line) }
        for part in HumanTurn(text).parts { list.add(part.actor, part.kind, part.text, time: time, line: line) }
    }

    /// Words that a person typed while the agent worked: they never become a record of type `user`.
    ///
    /// Notices of the host take the same way and are told apart by mode and origin, as met in sessions of version 2.1.
    private mutating func readAttachment(_ record: JSONValue, _ line: Int) {
        guard let attachment = record["attachment"], attachment["type"]?.string == "queued_command" else { return }
        let isTyped = attachment["commandMode"]?.string ?? "prompt" == "prompt" && Self.isHuman(attachment["origin"])
        addTurn(
            MessageContent.text(of: attachment["prompt"]),
            isHost: !isTyped || attachment["isMeta"]?.isTrue == true || record["isMeta"]?.isTrue == true,
            ISOTime.date(record["timestamp"]),
            line
        )
    }

    /// Whether a turn comes from the person; newer versions say where others come from.
    private static func isHuman(_ origin: JSONValue?) -> Bool { origin?["kind"]?.string ?? "human" == "human" }

    private mutating func addResult(_ block: JSONValue, _ time: Date?, _ line: Int) {
        let id = block["tool_use_id"]?.string
        let isError = block["is_error"]?.isTrue ?? false
        var notices: [HumanTurn.Part] = []
        let text = HumanTurn.removingHostBlocks(from: MessageContent.text(of: block["content"]), into: &notices)
        if isError, let refusal = Refusal(text) {
            let tool = list.toolName(of: id).map { Event.Tool(name: $0, callID: id) }
            add(refusal, text, tool, time, line)
        } else {
            list.addResult(text, of: id, isError: isError, time: time, line: line)
        }
        for notice in notices { list.add(.harness, .notice, notice.text, time: time, line: line) }
    }

    private mutating func add(_ refusal: Refusal, _ text: String, _ tool: Event.Tool?, _ time: Date?, _ line: Int) {
        guard let words = refusal.words else {
            return list.add(.harness, .interruption, text, tool: tool, time: time, line: line)
        }
        for piece in PastedOutput.split(words) where !piece.isBlank {
            if piece.isOutput {
                list.add(.tool, .toolResult, piece.text, time: time, line: line)
            } else {
                list.add(.user, .correction, piece.text, tool: tool, time: time, line: line)
            }
        }
    }

    private mutating func readAssistant(_ record: JSONValue, _ line: Int) {
        let time = ISOTime.date(record["timestamp"])
        let message = record["message"]
        let isHost = record["isApiErrorMessage"]?.isTrue == true || message?["model"]?.string == "<synthetic>"
        guard let content = message?["content"] else { return list.count(unknown: "assistant without content") }
        if case .string(let text) = content {
            return list.add(isHost ? .harness : .agent, isHost ? .notice : .message, text, time: time, line: line)
        }
        for block in content.array ?? [] {
            switch block["type"]?.string {
            case "text":
                let text = block["text"]?.string ?? ""
                list.add(isHost ? .harness : .agent, isHost ? .notice : .message, text, time: time, line: line)
            case "tool_use", "server_tool_use":
                let name = block["name"]?.string ?? "tool"
                list.addCall(name, id: block["id"]?.string, arguments: block["input"], time: time, line: line)
            case "thinking", "redacted_thinking": continue
            default: list.count(unknown: "assistant block \(block["type"]?.string ?? block.kind)")
            }
        }
    }

    private mutating func readSystem(_ record: JSONValue, _ line: Int) {
        guard record["subtype"]?.string == "compact_boundary" else { return }
        list.add(
            .harness,
            .notice,
            "The conversation was compacted here.",
            time: ISOTime.date(record["timestamp"]),
            line: line
        )
    }

    private static func lines(_ count: Int) -> String { count == 1 ? "1 line" : "\(count) lines" }

    consuming func transcript(name: String) throws(TranscriptError) -> Transcript {
        guard !list.events.isEmpty else {
            let reason = sidechainLines > 0 ? "all of it is a subagent's" : "it holds no message, tool call or result"
            // A line that cannot be read may have held some.
            throw brokenLines > 0 ? .malformed(name, .claudeCode, reason) : .wordless(name, .claudeCode, reason)
        }
        if sidechainLines > 0 { list.notes.append("left out, as a subagent's: \(Self.lines(sidechainLines))") }
        if brokenLines > 0 { list.notes.append("left out, as not JSON: \(Self.lines(brokenLines))") }
        return Transcript(
            jobID: sessionID,
            format: .claudeCode,
            project: directory,
            outcome: OutcomeInference.outcome(of: list.events),
            activity: list.activity(.claudeCode)
        )
    }
}
