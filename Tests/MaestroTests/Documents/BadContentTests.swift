// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import Testing

@Suite struct `Bad content` {
    private static let mebibyte = String(repeating: "x", count: 1 << 20)
    private static let front = "name: a\ndescription: d\ntype: user"

    private static let unreadable: [(input: String, text: String, problem: String)] = [
        ("input 29: nothing", "", "empty"),
        ("input 29: UTF-16 with its mark", "\u{FFFD}\u{FFFD}-\0-\0-\0", "no front matter"),
        ("input 30: no end", "---\n\(front)\nbody", "no end"),
        ("input 30: no end, a megabyte", "---\ndescription: \(mebibyte)\n\(mebibyte)", "larger than 64 KB"),
        ("input 30: a key twice", "---\n\(front)\ntype: project\n---\n", "twice"),
        ("input 30: a value of a megabyte", "---\ndescription: \(mebibyte)\ntype: user\n---\n", "larger than 64 KB"),
        ("input 33: a tag", "---\ndescription: d\ntype: !!binary dXNlcg==\n---\n", "which is none of"),
        ("input 33: a merge", "---\n<<: *a\ndescription: d\n---\n", "no `type`"),
    ]

    @Test(arguments: unreadable)
    func `of an entry keeps the file and says why`(input: String, text: String, problem: String) {
        let file = EntryFile(text: text)
        #expect(file.problem?.contains(problem) == true, "\(input): \(file.problem ?? "no problem")")
        #expect(file.updating(description: "x", body: "y") == text)
    }

    private static let readable: [(input: String, text: String, description: String, body: String)] = [
        ("input 29: carriage returns", "---\r\ndescription: d\r\ntype: user\r\n---\r\nb\r\n", "d", "b"),
        ("input 29: no final line break", "---\ndescription: d\ntype: user\n---\nb", "d", "b"),
        ("input 29: broken UTF-8", "---\ndescription: \u{FFFD}\ntype: user\n---\n\u{FFFD}", "\u{FFFD}", "\u{FFFD}"),
        ("input 31: laughs", "---\ndescription: &a [*a, *a]\ntype: user\n---\nb", "&a [*a, *a]", "b"),
        ("input 33: a truth", "---\ndescription: no\non: no\ntype: user\n---\nb", "no", "b"),
        ("input 33: octal", "---\ndescription: 0o10\ntype: user\n---\nb", "0o10", "b"),
        ("input 33: a date", "---\ndescription: 2026-01-01\ntype: user\n---\nb", "2026-01-01", "b"),
    ]

    @Test(arguments: readable)
    func `of an entry that has one meaning is read as its words`(
        input: String,
        text: String,
        description: String,
        body: String
    ) {
        let file = EntryFile(text: text)
        #expect(file.problem == nil, "\(input)")
        #expect(file.description == description)
        #expect(file.body == body)
        #expect(DocumentFaults.ofEntry(text) == [], "\(input)")
    }

    private static let laughs = (1...9).reduce(into: "a0: &a0 ha\n") { text, level in
        let ten = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        text += "a\(level): &a\(level) [\(ten)]\n"
    }

    private static func nested(_ depth: Int, isClosed: Bool = true) -> String {
        let open = String(repeating: "[", count: depth)
        return "a: \(open)" + (isClosed ? String(repeating: "]", count: depth) : "")
    }

    private static let refused: [(input: String, yaml: String)] = [
        ("input 29: nothing", ""), ("input 31: a billion laughs", laughs),
        ("input 31: one that holds itself", "a: &a [*a]\n"), ("input 32: 1,001 deep", nested(1001)),
        ("input 32: 33 deep", nested(33)), ("input 32: 100,000 deep, never closed", nested(100_000, isClosed: false)),
        ("input 33: a tag", "maestro: !!binary MQ==\n"), ("input 33: a merge", "<<: {maestro: 1}\n"),
        ("input 33: a merge of an alias", "x-a: &a {maestro: 1}\n<<: *a\n"),
        ("input 30: a key twice", "maestro: 1\nmaestro: 1\n"),
    ]

    @Test(.timeLimit(.minutes(30)), arguments: refused)
    func `of a piece is refused before anything is built from it`(input: String, yaml: String) {
        #expect(throws: PieceRefusal.self, "\(input)") { try Piece(yaml: yaml) }
    }

    @Test(arguments: ["no", "on", "0o10", "010", "1:30", "2026-01-01", "~", "1e3", "0x1F", ".inf"])
    func `of a piece that YAML readers take for something else stays a word (input 33)`(word: String) throws {
        let piece = try Piece(
            yaml: "maestro: 1\nname: a\ngoal: \(word)\nstart: b\nsteps:\n  - id: b\n    title: \(word)\n"
        )
        #expect(piece.goal == word)
        #expect(piece.steps.first?.title == word)
    }
}
