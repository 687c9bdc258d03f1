// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import Testing

/// Entries 29 to 33 and 35 of the inputs that must be tried; the numbers stand in `docs/reliability.md`.
@Suite(.timeLimit(.minutes(2))) struct `A hostile document` {
    /// 29, 30: what an entry's file may begin and end with.
    ///
    /// Nil: it is read.
    @Test(
        arguments: [
            ("", "is empty"),
            ("\u{FEFF}---\ntype: user\ndescription: a\n---\nb", nil),
            ("---\r\ntype: user\r\ndescription: a\r\n---\r\n\r\nb\r\n", nil),
            ("---\ntype: user\ndescription: a\n---\nb", nil),
            ("---\ntype: user\ndescription: a\n---", nil),
            ("---\ntype: user\ndescription: a\nb", "no end"),
            ("---\ntype: user\ntype: feedback\ndescription: a\n---\nb", "twice"),
            ("---\ntype: user\ndescription: a\ndescription: c\n---\nb", "twice"),
        ] as [(String, String?)]
    )
    func `that is an entry is read, or says what is wrong, and is written back as it was`(
        text: String,
        problem: String?
    ) {
        let file = EntryFile(text: text)
        #expect((file.problem == nil) == (problem == nil), "\(file.problem ?? "")")
        if let problem { #expect(file.problem?.contains(problem) == true, "\(file.problem ?? "")") }
        #expect(DocumentFaults.ofEntry(text) == [])
    }

    /// 30: more than a front matter may be.
    @Test func `with a value of a megabyte is no entry, and stays as it is`() {
        let text = "---\ntype: user\ndescription: \(String(repeating: "long ", count: 200_000))\n---\nb"
        #expect(EntryFile(text: text).problem?.contains("64 KB") == true)
        #expect(DocumentFaults.ofEntry(text) == [])
    }

    /// 31, 32: bounded by its events before anything is built.
    @Test(arguments: [
        String(repeating: "[", count: 1001) + String(repeating: "]", count: 1001),
        String(repeating: "{a: ", count: 1001) + String(repeating: "}", count: 1001),
        "[" + String(repeating: "1, ", count: 6000) + "1]",
    ])
    func `that is a piece with a value too deep or too wide is refused`(value: String) {
        #expect(throws: PieceRefusal.self) { try Piece(yaml: "x-value: \(value)\n" + `A piece`.small) }
    }

    /// 33: what YAML 1.1 would make something else of stays the text that it is, or is refused.
    @Test(arguments: ["on", "no", "yes", "0o10", "010", "1:30", "2026-01-01", "~x", "1e3", ".inf"])
    func `that is a piece keeps a text that looks like something else`(title: String) throws {
        let yaml = `A piece`.small.replacing("title: Plan", with: "title: \(title)")
        #expect(try Piece(yaml: yaml).steps.first?.title == title)
    }

    @Test(arguments: ["title: !!binary UGxhbg==", "title: !!float 1", "<<: {title: Plan}", "title: &a Plan"])
    func `that is a piece with a tag, a merge key or an anchor is refused`(line: String) {
        let yaml = `A piece`.small.replacing("title: Plan", with: line)
        #expect(throws: PieceRefusal.self) { try Piece(yaml: yaml) }
    }

    /// 35: there is no regular expression in Maestro; what takes their place must not backtrack either.
    @Test(arguments: [
        "a", "(", "\"\\", "@", "-", "=", " \n", "sk-", "://a:", "aA1", "'\"", "{\"a\":", "%41", "é", "```", "|> ",
    ])
    func `made to send a matcher back and forth is read in time`(unit: String) {
        let text = String(repeating: unit, count: 200_000 / unit.utf8.count) + "!"
        _ = Redactor.standard.redacting(text)
        _ = EntryFile(text: "---\ntype: user\ndescription: \(text)\n---\n\(text)")
        _ = try? Piece(yaml: text)
        _ = ReplyBench().faults(of: text)
        let activity = Activity(
            format: "text",
            events: [Event(number: 1, actor: .user, kind: .message, text: text, line: 1)]
        )
        #expect(Digest(activity, maxBytes: 4096).text.utf8.count <= 4096)
    }
}
