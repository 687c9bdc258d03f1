// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Lines of text, gathered into events by who speaks.
struct Speech {
    private struct Block {
        let actor: Event.Actor
        let line: Int
        var lines: [Substring]
        var bytes: Int

        /// Cut at a blank line where it is long, anywhere where it is far too long.
        func isFull(before line: Substring) -> Bool {
            bytes > Speech.maxEventBytes * 4 || bytes > Speech.maxEventBytes && line.allSatisfy(\.isWhitespace)
        }
    }

    private(set) var list: EventList
    /// Whether names at the start of lines say who speaks.
    let isConversation: Bool
    /// Who spoke by now.
    private(set) var actors: Set<Event.Actor> = []
    private var block: Block?
    private var isFenced = false
    private var number = 0

    private static let speakers: [(name: String, actor: Event.Actor)] = [
        ("user", .user), ("human", .user), ("me", .user), ("assistant", .agent), ("agent", .agent), ("ai", .agent),
        ("tool", .tool), ("output", .tool), ("result", .tool), ("system", .harness),
    ]
    /// A block of one speaker is cut into events of about this size.
    private static let maxEventBytes = 8192

    init(list: EventList, isConversation: Bool) {
        self.list = list
        self.isConversation = isConversation
    }

    mutating func read(_ line: Substring) {
        number += 1
        if line.hasPrefix("```") { isFenced.toggle() }
        if isConversation, !isFenced, let (actor, rest) = Self.speaker(of: line) {
            begin(Block(actor: actor, line: number, lines: [rest], bytes: rest.utf8.count))
        } else if block?.isFull(before: line) == false {
            block?.lines.append(line)
            block?.bytes += line.utf8.count + 1
        } else {
            begin(Block(actor: block?.actor ?? .tool, line: number, lines: [line], bytes: line.utf8.count))
        }
    }

    /// All that was read, as events.
    consuming func finished() -> EventList {
        addBlock()
        return list
    }

    private mutating func begin(_ next: Block) {
        addBlock()
        actors.insert(next.actor)
        block = next
    }

    private mutating func addBlock() {
        guard let block else { return }
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
