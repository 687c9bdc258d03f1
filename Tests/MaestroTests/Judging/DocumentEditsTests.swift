// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `Edits of whole documents` {
    static let state = JudgingCase().state

    static func entry(_ stem: String, in scope: Scope = JudgingCase.scope) throws -> DocumentPath {
        .entry(scope, stem: try #require(EntryName(stem)))
    }

    static func text(_ stem: String, _ body: String = "Do it.") throws -> String {
        EntryFile.text(name: try #require(EntryName(stem)), type: .feedback, description: "d", body: body)
    }

    static func codes(_ edits: [(DocumentPath, String?)], _ state: UserState = state) -> [Rejection?] {
        DocumentEdits(edits.map { .init(path: $0, text: $1) }).judgement(on: state).decisions.map(\.code)
    }

    @Test func `add, update and remove what stands at their places, numbered in their order`() throws {
        let known = try Self.entry("feedback-small-commits")
        let before = try #require(Self.state.text(at: known))
        let edits = DocumentEdits([
            .init(path: try Self.entry("new-one"), text: try Self.text("new-one")),
            .init(path: known, text: before + "\nMore.\n"),
            .init(path: try Self.entry("broken"), text: nil),
        ])
        let judgement = edits.judgement(on: Self.state)
        #expect(judgement.decisions.map(\.operation) == [.add, .update, .remove])
        #expect(judgement.decisions.map(\.ordinal) == [1, 2, 3])
        #expect(judgement.decisions.allSatisfy { $0.verdict == .accepted && $0.scope == JudgingCase.scope })
        #expect(
            judgement.decisions.flatMap(\.writes).map(\.before) == [
                nil, before, Self.state.text(at: edits.edits[2].path),
            ]
        )
    }

    @Test func `mean the entry of their own scope, not one of the same name elsewhere`() throws {
        let global = try Self.entry("feedback-small-commits", in: .global)
        let decision = try #require(
            DocumentEdits([.init(path: global, text: try Self.text("feedback-small-commits"))])
                .judgement(on: Self.state).decisions.first
        )
        #expect(decision.operation == .add)
        #expect(decision.writes.first?.path == global)
    }

    @Test(arguments: [
        ("no front matter", Rejection.entryUnreadable), ("", .entryUnreadable),
        ("---\ndescription: d\ntype: nonsense\n---\n\nb\n", .entryUnreadable),
        ("---\ndescription: d\ntype: feedback\n---\n\nHidden\u{200B} words\n", .injection),
        ("---\ndescription: d\ntype: feedback\n---\n\nThe key is AKIA" + "Z7Q4KJ2MNP5XWV3T\n", .secret),
        ("---\ndescription: d\ntype: feedback\n---\n\n" + String(repeating: "x", count: 9000), .bodyTooLarge),
    ])
    func `are refused where a person's own words are`(text: String, code: Rejection) throws {
        #expect(Self.codes([(try Self.entry("new-one"), text)]) == [code])
        #expect(Self.codes([(try Self.entry("feedback-small-commits"), text)]) == [code])
    }

    @Test func `of new entries need a free name and room, counted over all of them`() throws {
        let (one, same) = (try Self.entry("One"), try Self.entry("oNE"))
        #expect(Self.codes([(one, try Self.text("One")), (same, try Self.text("oNE"))]) == [nil, .alreadyExists])
        let known = try Self.entry("Feedback-Small-Commits")
        #expect(Self.codes([(known, try Self.text("x"))]) == [.alreadyExists])
        // Another case of the same name is the same entry moved.
        let moved =
            [(try Self.entry("feedback-small-commits"), nil), (known, try Self.text("x"))] as [(DocumentPath, String?)]
        #expect(Self.codes(moved) == [nil, nil])

        var policy = JudgePolicy()
        policy.maxEntries = Self.state.entries.count { $0.scope == JudgingCase.scope } + 1
        let edits = DocumentEdits([
            .init(path: one, text: try Self.text("One")),
            .init(path: try Self.entry("two"), text: try Self.text("two")),
        ])
        #expect(edits.judgement(on: Self.state, policy: policy).decisions.map(\.code) == [nil, .entryLimit])
    }

    @Test func `never write an index`() {
        #expect(Self.codes([(.index(.global), "mine")]) == [.invalidName])
    }

    private static func piece(_ steps: Int, permission: String) -> String {
        """
        maestro: 1
        name: fix-issue
        description: Fix one issue.
        goal: Done.
        max_steps: \(steps)
        start: plan
        steps:
          - id: plan
            title: Plan
            instruction: Do it.
            run: { permission: \(permission) }
            next: []

        """
    }

    /// The text before (nil: the builtin one), the text after (nil: removed), and why not.
    @Test(
        arguments: [
            (nil, piece(3, permission: "readonly"), nil),
            (piece(5, permission: "readonly"), piece(3, permission: "readonly"), nil),
            (piece(5, permission: "readonly"), nil, nil),
            (nil, piece(20, permission: "edit"), Rejection.pieceLockedField),
            (piece(5, permission: "readonly"), piece(5, permission: "edit"), .pieceLockedField),
            (piece(5, permission: "edit"), nil, .pieceLockedField),
            ("broken: [", piece(5, permission: "edit"), nil), (nil, "maestro: 1\nname: other\n", .pieceInvalid),
        ] as [(String?, String?, Rejection?)]
    )
    func `change nothing that is locked in a piece`(own: String?, after: String?, code: Rejection?) throws {
        let name = try #require(PieceName("fix-issue"))
        let case_ = JudgingCase().with {
            $0.pieces = PieceCatalog(
                builtin: [name: Self.piece(20, permission: "readonly")],
                own: own.map { [name: Document(path: .piece(name), text: $0)] } ?? [:]
            )
        }
        #expect(Self.codes([(.piece(name), after)], case_.state) == [code])
    }
}
