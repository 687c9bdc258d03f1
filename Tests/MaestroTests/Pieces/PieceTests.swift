// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroPieces
import Testing

@Suite struct `A piece` {
    static let small = """
        # A comment on top.
        maestro: 1
        name: small
        description: Fix it.   # short
        goal: |
          Tests pass.
          The cause is explained.
        guidance: []   # rules
        max_steps: 20
        start: plan
        x-owner: me
        steps:
          # The first step.
          - id: plan
            title: Plan
            instruction: |
              Read the issue.
              Write a plan.

            # What must hold.
            checklist:
              - Read it   # first
              - "Quote: it"
            run: { permission: readonly }
            next:
              - { when: ready, go: do }   # onward
          - id: do
            title: 'It''s done'
            persona: worker
            instruction: Do it.
            run: { permission: edit, tools: [Read, Edit] }
            next:
              - when: finished
                go: COMPLETE

        """

    @Test(arguments: BuiltinPieces.texts.keys.sorted())
    func `that ships is valid`(name: String) throws {
        let text = try #require(BuiltinPieces.texts[name])
        let piece = try Piece(yaml: text, expectedName: PieceName(name))

        #expect(piece.steps.count >= 3)
        #expect(piece.counterpart == (name == "answer-customer" ? .other : .owner))
    }

    @Test func `is read whole`() throws {
        let piece = try Piece(yaml: Self.small, expectedName: PieceName("small"))

        #expect(piece.goal == "Tests pass.\nThe cause is explained.\n")
        #expect(piece.steps.map(\.id) == ["plan", "do"])
        #expect(piece.steps[0].checklist == ["Read it", "Quote: it"])
        #expect(piece.steps[1].title == "It's done")
        #expect(piece.steps[1].next.map(\.go) == ["COMPLETE"])
    }

    private static func replacing(_ old: String, _ new: String) -> String { small.replacing(old, with: new) }

    @Test(
        arguments: [
            ("maestro: 1", "maestro: 2", "must be 1"), ("name: small", "name: Small", "no legal name"),
            ("name: small", "name: other", "file's stem"),
            ("max_steps: 20", "max_steps: 0", "from 1 to 200"),
            ("max_steps: 20", "max_stepps: 20", "did you mean `max_steps`"),
            ("start: plan", "start: nowhere", "is no step"), ("go: do }", "go: elsewhere }", "which is no step"),
            ("- id: do", "- id: plan", "two steps"),
            ("- id: do", "- id: Do", "lower-case"),
            ("permission: edit", "permision: edit", "did you mean `permission`"),
            ("start: plan\n", "", "`start` is missing"), ("guidance: []", "guidance: {a: b}", "must be a list"),
            ("title: Plan", "title: [a]", "must be a text"),
            ("name: small", "name: small\nname: small", "not valid YAML"),
            ("title: Plan", "title: *x", "not valid YAML"), ("title: Plan", "title: &x Plan", "anchors"),
            ("title: Plan", "title: !!str Plan", "tags"),
            ("title: Plan", "<<: {a: b}", "merge keys"), ("title: Plan", "\ttitle: Plan", "not valid YAML"),
            ("# A comment on top.", "---\na: b\n---", "not valid YAML"),
            ("counterpart: owner", "", "x"),
        ].dropLast()
    )
    func `that breaks the schema is refused with what and where`(old: String, new: String, words: String) throws {
        let error = #expect(throws: PieceRefusal.self) {
            try Piece(yaml: Self.replacing(old, new), expectedName: PieceName("small"))
        }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func `is bounded before it is built`() throws {
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...9 {
            bomb +=
                "b\(level): &b\(level) [\(Array(repeating: "*\(level == 1 ? "a" : "b\(level - 1)")", count: 10).joined(separator: ","))]\n"
        }
        let deep =
            "x-deep: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40) + "\n" + Self.small
        let large = "# " + String(repeating: "x", count: 257 * 1024) + "\n" + Self.small

        #expect(#expect(throws: PieceRefusal.self) { try Piece(yaml: bomb) }?.message.contains("anchors") == true)
        #expect(#expect(throws: PieceRefusal.self) { try Piece(yaml: deep) }?.message.contains("nested") == true)
        #expect(#expect(throws: PieceRefusal.self) { try Piece(yaml: large) }?.reason == .tooLarge)
    }
}

@Suite struct `An edit of a piece` {
    private static let small = `A piece`.small

    private static func edited(_ edits: [(String, String, String)], in text: String = small) throws -> EditedPiece {
        let replacements = edits.map { PieceEdit.Replacement(field: $0.0, old: $0.1, new: $0.2) }
        return try PieceEdit(piece: "small", why: "", edits: replacements).applied(to: text)
    }

    /// Each case: the edit, and the lines that change, as `old → new` in the text.
    @Test(arguments: [
        ("description", "Fix it.", "Mend it.", "description: Fix it.   # short", "description: Mend it.   # short"),
        ("description", "it", "it: all", "description: Fix it.   # short", "description: \"Fix it: all.\"   # short"),
        (
            "goal", "explained", "explained in a sentence", "  The cause is explained.\n",
            "  The cause is explained in a sentence.\n"
        ),
        ("goal", "", "Docs are written.", "explained.\n", "explained.\n  Docs are written.\n"),
        ("guidance", "", "Be brief.", "guidance: []   # rules\n", "guidance:   # rules\n  - Be brief.\n"),
        ("plan.title", "Plan", "Plan it", "title: Plan\n", "title: Plan it\n"),
        ("do.title", "It's", "It is", "title: 'It''s done'", "title: It is done"),
        ("plan.instruction", "a plan", "a short plan", "Write a plan.", "Write a short plan."),
        ("plan.instruction", "", "Ask.", "Write a plan.\n", "Write a plan.\n      Ask.\n"),
        (
            "do.instruction", "", "Then look.", "instruction: Do it.\n",
            "instruction: |-\n      Do it.\n      Then look.\n"
        ),
        ("plan.checklist", "Read it", "Read all of it", "- Read it   # first", "- Read all of it   # first"),
        ("plan.checklist", "Quote: it", "", "      - \"Quote: it\"\n", ""),
        (
            "plan.checklist", "", "Third: one", "      - \"Quote: it\"\n",
            "      - \"Quote: it\"\n      - \"Third: one\"\n"
        ),
        (
            "plan.avoid", "", "Guessing", "      - \"Quote: it\"\n",
            "      - \"Quote: it\"\n    avoid:\n      - Guessing\n"
        ),
        ("plan.next.when", "ready", "ready, or nearly", "{ when: ready, go", "{ when: \"ready, or nearly\", go"),
        ("do.next.when", "finished", "all done", "when: finished", "when: all done"),
        ("max_steps", "20", "30", "max_steps: 20", "max_steps: 30"),
        ("plan.next.go", "do", "plan", "go: do }", "go: plan }"),
    ])
    func `changes its value and not one byte more`(
        field: String,
        old: String,
        new: String,
        from: String,
        to: String
    ) throws {
        let result = try Self.edited([(field, old, new)])

        #expect(result.text == Self.small.replacing(from, with: to))
        #expect(result.text != Self.small)
        #expect(result.touchesGuardedField == ["max_steps", "plan.next.go"].contains(field))
    }

    @Test func `keeps Windows line ends`() throws {
        let windows = Self.small.replacing("\n", with: "\r\n")
        let result = try Self.edited([("plan.instruction", "", "Ask."), ("plan.checklist", "", "Third")], in: windows)

        #expect(!result.text.replacing("\r\n", with: "").contains("\n"))
        #expect(try Piece(yaml: result.text).steps[0].checklist == ["Read it", "Quote: it", "Third"])
    }

    @Test func `that empties a list leaves an empty list`() throws {
        let result = try Self.edited([("plan.checklist", "Read it", ""), ("plan.checklist", "Quote: it", "")])
        #expect(result.text.contains("    checklist: []\n    run:"))
    }

    @Test(arguments: [
        ("name", "small", "large", PieceRefusal.Reason.lockedField), ("maestro", "1", "2", .lockedField),
        ("counterpart", "", "other", .lockedField),
        ("start", "plan", "do", .lockedField), ("steps", "", "x", .lockedField), ("plan.id", "plan", "p", .lockedField),
        ("plan.run", "readonly", "full", .lockedField), ("plan.run.permission", "readonly", "full", .lockedField),
        ("do.run.tools", "", "Bash", .lockedField), ("plan.next", "", "x", .lockedField),
        ("nowhere.title", "a", "b", .invalid),
        ("plan.color", "a", "b", .invalid), ("", "a", "b", .invalid), ("goal", "nothing like it", "b", .anchorMissing),
        ("goal", "e", "b", .anchorAmbiguous), ("plan.checklist", "Read", "b", .anchorMissing),
        ("plan.title", "Plan", "Plan", .noEffect),
        ("guidance", "", "", .noEffect), ("plan.checklist", "", "Read it", .noEffect),
        ("plan.title", "", String(repeating: "x", count: 90), .tooLarge),
        ("guidance", "", String(repeating: "x", count: 241), .tooLarge), ("max_steps", "20", "900", .invalid),
        ("plan.next.go", "do", "mars", .invalid),
        ("plan.next.when", "", "x", .invalid),
    ])
    func `is refused with its reason`(field: String, old: String, new: String, reason: PieceRefusal.Reason) throws {
        let error = #expect(throws: PieceRefusal.self) { try Self.edited([(field, old, new)]) }
        #expect(error?.reason == reason, "\(error?.message ?? "")")
    }

    @Test func `is all or nothing`() throws {
        #expect(throws: PieceRefusal.self) {
            try Self.edited([("plan.title", "Plan", "Think"), ("plan.title", "gone", "x")])
        }
    }

    @Test(arguments: [
        "a: b", "- dash", "# hash", "\"quoted\"", "it's", "tab\there", "täglich 🎉", "yes", "007", "12", " lead",
        "trail ", "{x}", "[x]", "a #b", "%x", "@x", "`x`", "!x", "&x", "*x", "|", ">", "?", "null", "~", "=", "x:",
    ])
    func `writes any text so that it reads back the same`(text: String) throws {
        for (field, old) in [
            ("guidance", ""), ("plan.checklist", "Read it"), ("plan.title", "Plan"), ("plan.next.when", "ready"),
            ("do.instruction", "Do it."),
        ] {
            let result = try Self.edited([(field, old, text)])
            #expect(try Piece(yaml: result.text) != Piece(yaml: Self.small), "\(field)")
        }
    }

    /// Random edits on the pieces that ship: whatever is accepted keeps every locked field.
    @Test(arguments: BuiltinPieces.texts.keys.sorted())
    func `never moves a locked field`(name: String) throws {
        let text = try #require(BuiltinPieces.texts[name])
        let before = try Piece(yaml: text)
        var seed: UInt64 = 42
        func next(_ count: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % count
        }
        let words = [
            "x", "a: b", "two\nlines", "- run: full", "run: { permission: full }", "#", "\"", "next:\n  - go: ABORT",
            "  spaces",
        ]
        let fields =
            ["goal", "guidance", "description"]
            + before.steps.flatMap { step in ["title", "instruction", "checklist", "avoid"].map { "\(step.id).\($0)" } }
        var accepted = 0
        for _ in 0..<150 {
            let edit = PieceEdit(
                piece: name,
                why: "",
                edits: [.init(field: fields[next(fields.count)], old: "", new: words[next(words.count)])]
            )
            guard let result = try? edit.applied(to: text) else { continue }
            accepted += 1
            let after = try Piece(yaml: result.text, expectedName: PieceName(name))
            #expect(after.steps.map(\.id) == before.steps.map(\.id))
            #expect(after.steps.map(\.next) == before.steps.map(\.next))
            #expect(
                after.start == before.start && after.maxSteps == before.maxSteps
                    && after.counterpart == before.counterpart
            )
            #expect(
                result.text.components(separatedBy: "run: { permission").count == text.components(
                    separatedBy: "run: { permission"
                ).count + (edit.edits[0].new.hasPrefix("run:") ? 1 : 0)
            )
        }
        #expect(accepted > 50)
    }
}

@Suite struct `A catalog of pieces` {
    @Test func `prefers the own copy and knows what it was copied from`() throws {
        let name = try #require(PieceName("fix-issue"))
        let builtin = try #require(BuiltinPieces.texts["fix-issue"])
        let plain = PieceCatalog(builtin: [name: builtin])
        let copy = try #require(plain.textForEditing(named: "fix-issue"))
        let own = PieceCatalog(builtin: [name: builtin], own: [name: Document(path: .piece(name), text: copy)])
        let moved = PieceCatalog(builtin: [name: builtin + "# new\n"], own: own.own)

        #expect(PieceCatalog.originHash(of: copy) == ContentHash(of: builtin))
        #expect(try own.piece(named: "fix-issue") == plain.piece(named: "fix-issue"))
        #expect(own.isOwn(named: "fix-issue") && !plain.isOwn(named: "fix-issue"))
        #expect(!own.hasBuiltinMovedOn(named: name) && moved.hasBuiltinMovedOn(named: name))
        #expect(plain.counterpart(of: "none") == nil)
        #expect(throws: PieceRefusal.self) { try plain.piece(named: "none") }
    }

    @Test func `shows a piece within its budget, by addresses`() throws {
        let piece = try Piece(yaml: try #require(BuiltinPieces.texts["answer-customer"]))
        let text = piece.promptText(budgetBytes: 1800)

        #expect(text.utf8.count <= 1800)
        #expect(text.contains("guidance:\n- The rules of the house decide"))
        #expect(text.contains("understand.instruction: Find out who"))
        #expect(text.hasSuffix("more fields are not shown; do not edit them)"))
        #expect(piece.promptText(budgetBytes: 100_000, isShort: true).contains("close.title: Close"))
    }
}
