// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Text that is no JSON at all: a log, or a conversation with the speakers' names at the start of lines.
///
/// Where no speaker is named, nobody can say whose words these are: all of it is `tool`, evidence that must wait.
enum PlainTextImporter {
    private static let speakers: [(name: String, actor: Event.Actor)] = [
        ("user", .user), ("human", .user), ("me", .user), ("assistant", .agent), ("agent", .agent), ("ai", .agent),
        ("tool", .tool), ("output", .tool), ("result", .tool), ("system", .harness),
    ]
    /// A block of one speaker is cut into events of about this size, at blank lines.
    private static let maxEventBytes = 8192

    static func transcript(of source: SourceText) -> Transcript {
        let text = String(decoding: source.bytes, as: UTF8.self)
        var blocks: [(actor: Event.Actor, line: Int, lines: [Substring])] = []
        var isNamed = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let (actor, rest) = speaker(of: line) {
                isNamed = true
                blocks.append((actor, index + 1, [rest]))
            } else if let last = blocks.indices.last, !mustSplit(blocks[last].lines, before: line) {
                blocks[last].lines.append(line)
            } else {
                blocks.append((blocks.last?.actor ?? .tool, index + 1, [line]))
            }
        }
        var list = EventList()
        for block in blocks {
            let kind: Event.Kind =
                switch block.actor {
                case .user, .agent: .message
                case .tool: .toolResult
                case .harness: .notice
                }
            list.add(block.actor, kind, block.lines.joined(separator: "\n"), line: block.line)
        }
        list.notes.append(
            isNamed
                ? "read as text with speakers named at the start of lines"
                : "read as text without speakers: nothing in it counts as a person's words"
        )
        return Transcript(
            format: .text,
            outcome: isNamed ? OutcomeInference.outcome(of: list.events) : .unknown,
            activity: list.activity(.text)
        )
    }

    /// `User: …`, `**Assistant:** …`, `## Human`: the speaker, and what follows on that line.
    private static func speaker(of line: Substring) -> (Event.Actor, Substring)? {
        let bare = line.drop { "#*> ".contains($0) }
        for (name, actor) in speakers where bare.prefix(name.count).lowercased() == name {
            let rest = bare.dropFirst(name.count)
            if rest.first == ":" { return (actor, rest.dropFirst().drop { $0 == "*" }) }
            if line.hasPrefix("#"), rest.allSatisfy({ $0.isWhitespace || $0 == "*" }) { return (actor, "") }
        }
        return nil
    }

    private static func mustSplit(_ lines: [Substring], before line: Substring) -> Bool {
        line.allSatisfy(\.isWhitespace) && lines.reduce(0) { $0 + $1.utf8.count + 1 } > maxEventBytes
    }
}
