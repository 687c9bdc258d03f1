// SPDX-License-Identifier: Apache-2.0
import Maestro
import Testing

@Suite struct `An entry's file` {
    static let documented = """
        ---
        name: Debugging patterns
        description: how to read the crash log
        type: reference
        ---
        Look at the first frame that is ours.

        """
    static let spring = """
        ---
        name: Reviewer shape in a skill
        description: "one reviewer: one question" # cue first
        type: feedback
        originSessionId: 5f8a
        tags:
        - a
        - b
        ---

        One reviewer per question.

        **Why:** they drift.

        """
    static let current = """
        ---
        # written by a tool
        name: feedback-uitest-timeouts
        description: 'it''s slow'
        metadata:\u{20}
          node_type: memory
          type: feedback   # found here
          originSessionId: 5f8a
          modified: 2026-07-30T07:40:18.191Z
        ---

        Raise the timeout.
        """
    static let folded = """
        ---
        description: >- # long
          first part
          second part

        metadata:
          type: project
        other: {a: b}
        ---
        Body
        """
    static let generations = [
        documented, spring, current, folded, spring.replacing("\n", with: "\r\n"), "\u{FEFF}" + documented,
    ]

    @Test(arguments: generations)
    func `comes back byte for byte when nothing changes`(text: String) throws {
        let file = EntryFile(text: text)
        try #require(file.problem == nil)
        #expect(Array(file.updating().utf8) == Array(text.utf8))
        let same = file.updating(type: file.type, description: file.description, body: file.body)
        #expect(Array(same.utf8) == Array(text.utf8))
    }

    @Test(arguments: generations)
    func `says after an update what was written and keeps the rest`(text: String) throws {
        let description = "a \"new\": cue # with 'marks' \\ and ünïcode"
        let updated = EntryFile(text: text).updating(
            type: .user,
            description: description,
            body: "New.\n\nTwo lines.\n"
        )
        let file = EntryFile(text: updated)
        try #require(file.problem == nil)
        #expect(file.type == .user)
        #expect(file.description == description)
        #expect(file.body == "New.\n\nTwo lines.")
        for kept in [
            "# cue first", "originSessionId: 5f8a", "# found here", "modified: 2026", "- b", "other: {a: b}", "# long",
        ]
        where text.contains(kept) {
            #expect(updated.contains(kept))
        }
        #expect(updated.utf8.contains(0x0D) == text.utf8.contains(0x0D))
    }

    @Test(arguments: generations)
    func `cut off anywhere is read or named unreadable, and an update still says what was written`(text: String) {
        let scalars = Array(text.unicodeScalars)
        for count in 0...scalars.count {
            var cut = String.UnicodeScalarView()
            cut.append(contentsOf: scalars.prefix(count))
            let file = EntryFile(text: String(cut))
            guard file.problem == nil else { continue }
            let updated = EntryFile(text: file.updating(type: .user, description: "x: y", body: "New."))
            #expect(updated.problem == nil)
            #expect(updated.type == .user)
            #expect(updated.description == "x: y")
            #expect(updated.body == "New.")
        }
    }

    @Test func `writes the type back where it was found`() {
        let updated = EntryFile(text: Self.current).updating(type: .project)
        #expect(updated == Self.current.replacing("type: feedback ", with: "type: project "))
    }

    @Test func `keeps carriage returns in every line of a new body`() {
        let text = Self.documented.replacing("\n", with: "\r\n")
        let updated = EntryFile(text: text).updating(body: "One\nTwo")
        #expect(updated.utf8.count { $0 == 0x0A } == updated.utf8.count { $0 == 0x0D })
    }

    @Test(arguments: [
        (documented, EntryType.reference, "how to read the crash log", "Look at the first frame that is ours."),
        (spring, .feedback, "one reviewer: one question", "One reviewer per question.\n\n**Why:** they drift."),
        (current, .feedback, "it's slow", "Raise the timeout."),
        (folded, .project, "first part second part", "Body"),
        ("---\ndescription: a\n  b\ntype: user\n---", .user, "a b", ""),
        ("---\ndescription: \"a\n  b \\u00e9\"\ntype: user\n---\n\n", .user, "a b é", ""),
        ("---\ndescription: note: see x#1 # really\ntype: \"user\"\n---  \nB", .user, "note: see x#1", "B"),
    ])
    func `is read in every way it is written`(text: String, type: EntryType, description: String, body: String) {
        let file = EntryFile(text: text)
        #expect(file.problem == nil)
        #expect(file.type == type)
        #expect(file.description == description)
        #expect(file.body == body)
    }

    @Test(arguments: [
        ("", "empty"),
        ("\u{FEFF}", "empty"),
        ("Just text.\n", "no front matter"),
        (" ---\ntype: user\n---\n", "no front matter"),
        ("---\ntype: user\ndescription: a\n", "no end"),
        ("---\ndescription: a\n---\nB", "no `type`"),
        ("---\ntype:\ndescription: a\n---\nB", "no `type`"),
        ("---\ntype: note\ndescription: a\n---\nB", "`note`"),
        ("---\ntype: user\n---\nB", "no `description`"),
        ("---\ntype: user\ndescription: \"a\n---\nB", "not closed"),
        ("---\ntype: user\ntype: user\ndescription: a\n---\nB", "`type` twice"),
        ("---\nmetadata:\n  a: 1\n  a: 2\ntype: user\ndescription: a\n---\nB", "`a` twice"),
        ("---\ntype: user\nwhat is this\ndescription: a\n---\nB", "line 3"),
        ("---\nx: " + String(repeating: "x", count: 70_000) + "\ntype: user\ndescription: a\n---\n", "64 KB"),
    ])
    func `that is not an entry says why and is never rewritten`(text: String, problem: String) {
        let file = EntryFile(text: text)
        #expect(file.problem?.contains(problem) == true)
        #expect(file.updating(type: .user, description: "x", body: "y") == text)
    }

    @Test(arguments: [
        "plain words", "a: b", "ends:", "- dash", "#hash", "x #y", "true", "\"quoted\"", "it's", "123", "new\nline",
        "é", "",
        "back\\slash", "[list]", "{map}", "*star", "&anchor", "!tag", "%percent", "@at", "`tick`", "> fold", "| bar",
    ])
    func `made anew reads back what was put in`(description: String) throws {
        let name = try #require(EntryName("feedback-some-new-rule"))
        let text = EntryFile.text(name: name, type: .feedback, description: description, body: "\nRule.\n")
        let file = EntryFile(text: text)
        #expect(file.problem == nil)
        #expect(file.description == description.replacing("\n", with: " "))
        #expect(file.type == .feedback)
        #expect(file.body == "Rule.")
        #expect(text.hasSuffix("Rule.\n"))
    }
}
