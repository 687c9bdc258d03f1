// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Text that is no JSON at all: a log, or a conversation with the speakers' names at the start of lines.
///
/// Only where both a person and an agent are named is it a conversation; a log may well have a line `User: root`. Else
/// nobody can say whose words these are: all of it is `tool`, evidence that must wait.
enum PlainTextImporter {
    private struct Block {
        let actor: Event.Actor
        let line: Int
        var lines: [Substring]
        var bytes: Int

        /// Cut at a blank line where it is long, anywhere where it is far too long.
        func isFull(before line: Substring) -> Bool {
            bytes > maxEventBytes * 4 || bytes > maxEventBytes && line.allSatisfy(\.isWhitespace)
        }
    }

    private static let speakers: [(name: String, actor: Event.Actor)] = [
        ("user", .user), ("human", .user), ("me", .user), ("assistant", .agent), ("agent", .agent), ("ai", .agent),
        ("tool", .tool), ("output", .tool), ("result", .tool), ("system", .harness),
    ]
    /// A block of one speaker is cut into events of about this size.
    private static let maxEventBytes = 8192

    static func transcript(of source: SourceText) -> Transcript {
        let text = String(decoding: source.bytes, as: UTF8.self)
        let lines = text.lines
        var blocks = blocks(of: lines, isConversation: true)
        let isConversation = [Event.Actor.user, .agent].allSatisfy { actor in
            blocks.contains { $0.actor == actor }
        }
        if !isConversation { blocks = Self.blocks(of: lines, isConversation: false) }
        var list = EventList()
        for block in blocks { add(block, to: &list) }
        list.notes.append(
            isConversation
                ? "read as text with speakers named at the start of lines"
                : "read as text without speakers: nothing in it counts as a person's words"
        )
        return Transcript(
            format: .text,
            outcome: isConversation ? OutcomeInference.outcome(of: list.events) : .unknown,
            activity: list.activity(.text)
        )
    }

    private static func blocks(of lines: [Substring], isConversation: Bool) -> [Block] {
        var blocks: [Block] = []
        var isFenced = false
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") { isFenced.toggle() }
            if isConversation, !isFenced, let (actor, rest) = speaker(of: line) {
                blocks.append(Block(actor: actor, line: index + 1, lines: [rest], bytes: rest.utf8.count))
            } else if let last = blocks.indices.last, !blocks[last].isFull(before: line) {
                blocks[last].lines.append(line)
                blocks[last].bytes += line.utf8.count + 1
            } else {
                let actor = blocks.last?.actor ?? .tool
                blocks.append(Block(actor: actor, line: index + 1, lines: [line], bytes: line.utf8.count))
            }
        }
        return blocks
    }

    private static func add(_ block: Block, to list: inout EventList) {
        let text = block.lines.joined(separator: "\n")
        switch block.actor {
        case .user:
            for piece in PastedOutput.split(text) {
                list.add(
                    piece.isOutput ? .tool : .user,
                    piece.isOutput ? .toolResult : .message,
                    piece.text,
                    line: block.line
                )
            }
        case .agent: list.add(.agent, .message, text, line: block.line)
        case .tool: list.add(.tool, .toolResult, text, line: block.line)
        case .harness: list.add(.harness, .notice, text, line: block.line)
        }
    }

    /// `User: …`, `**Assistant:** …`, `## Human`: the speaker, and what follows on that line.
    ///
    /// Indented lines name nobody: that is how settings and nested data look.
    private static func speaker(of line: Substring) -> (Event.Actor, Substring)? {
        let start = line.utf8.prefix(24)
        guard let first = start.first, start.contains(UInt8(ascii: ":")) || first == UInt8(ascii: "#"),
            first > 0x40 || first == UInt8(ascii: "#") || first == UInt8(ascii: "*")
        else { return nil }
        let bare = line.drop { "#* ".contains($0) }
        for (name, actor) in speakers where bare.prefix(name.count).lowercased() == name {
            let rest = bare.dropFirst(name.count)
            if rest.first == ":" { return (actor, rest.dropFirst().drop { $0 == "*" }) }
            if rest.hasPrefix("**:") { return (actor, rest.dropFirst(3)) }
            if line.hasPrefix("#"), rest.allSatisfy({ $0.isWhitespace || $0 == "*" || $0 == ":" }) {
                return (actor, "")
            }
        }
        return nil
    }
}
