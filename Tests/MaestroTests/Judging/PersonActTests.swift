// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `A person's own act` {
    static let state = JudgingCase().state
    static func decide(_ act: PersonAct, _ state: UserState = state) -> Decision { act.decision(on: state) }
    static func name(_ text: String) throws -> EntryName { try #require(EntryName(text)) }

    @Test(arguments: [
        ("Never push to main without asking me first.", "feedback-never-push-main-without-asking-me"),
        ("Use Größe, not size", "feedback-use-grosse-not-size"),
        ("Tabs", "feedback-tabs"),
        ("Bitte die Tests mit der Uhr laufen lassen", "feedback-tests-mit-uhr-laufen-lassen"),
    ])
    func `of remembering makes an entry of its words`(text: String, name: String) throws {
        let decision = Self.decide(.remember(text))
        #expect(decision.verdict == .accepted)
        #expect(decision.operation == .add)
        #expect(decision.name == name)
        let file = EntryFile(text: try #require(decision.writes.first?.after))
        #expect(file.problem == nil)
        #expect(file.body == text)
        #expect(file.type == .feedback)
        #expect(!file.description.isEmpty)
    }

    @Test func `of remembering takes the first sentence for the index and keeps the whole text`() throws {
        let text = "Ask before adding a dependency. It costs build time.\n\nAlways."
        let file = EntryFile(text: try #require(Self.decide(.remember(text)).writes.first?.after))
        #expect(file.description == "Ask before adding a dependency")
        #expect(file.body == text)
        let long = String(repeating: "word ", count: 100)
        let cut = EntryFile(text: try #require(Self.decide(.remember(long)).writes.first?.after)).description
        #expect(cut.count <= 140)
        #expect(cut.hasSuffix("word…"))
    }

    @Test func `of remembering in a script without Latin letters has a name all the same`() throws {
        let decision = Self.decide(.remember("テストの前に必ず聞いてください。"))
        #expect(decision.verdict == .accepted)
        #expect(decision.name.hasPrefix("feedback-note-"))
    }

    @Test func `of remembering finds a free name`() throws {
        let taken = JudgingCase().with {
            $0.entries.append(JudgingCase.entry("feedback-tabs", .feedback, "Something else", "Quite different words."))
        }
        #expect(Self.decide(.remember("Tabs"), taken.state).name == "feedback-tabs-2")
    }

    @Test func `of remembering what an entry says is counted`() {
        let decision = Self.decide(.remember("Committing: one idea a commit. Make one commit per idea."))
        #expect(decision.operation == .confirm)
        #expect(decision.name == "feedback-small-commits")
        #expect(decision.writes == [])
    }

    @Test func `about the user is global`() {
        #expect(Self.decide(.remember("Works in Berlin on weekdays", type: .user)).scope == .global)
        #expect(Self.decide(.remember("Works in Berlin on weekdays", type: .project)).scope == JudgingCase.scope)
    }

    @Test(arguments: [
        (" \n", Rejection.missingField), ("Hidden\u{200B} words", .injection),
        (String(repeating: "x", count: 9000), .bodyTooLarge), ("The key is AKIA" + "Z7Q4KJ2MNP5XWV3T", .secret),
    ])
    func `of remembering is refused where even a person may not`(text: String, code: Rejection) {
        let decision = Self.decide(.remember(text))
        #expect(decision.verdict == .rejected)
        #expect(decision.code == code)
        #expect(decision.writes == [])
    }

    @Test func `of forgetting removes the file, also one that cannot be read`() throws {
        for name in ["feedback-small-commits", "broken", "user-works-in-berlin"] {
            let decision = Self.decide(.forget(try Self.name(name)))
            #expect(decision.verdict == .accepted)
            #expect(decision.operation == .remove)
            let write = try #require(decision.writes.first)
            #expect(write.after == nil)
            #expect(write.before == Self.state.text(at: write.path))
        }
        #expect(Self.decide(.forget(try Self.name("nobody"))).code == .unknownEntry)
    }

    @Test func `of editing an entry needs a file that parses and changes`() throws {
        let name = try Self.name("feedback-small-commits")
        let entry = try #require(Self.state.entry(named: name))
        let text = entry.document.text + "\nMore.\n"
        let decision = Self.decide(.editEntry(name, text: text))
        #expect(decision.verdict == .accepted)
        #expect(decision.writes == [DocumentWrite(path: entry.path, before: entry.document.text, after: text)])
        #expect(Self.decide(.editEntry(name, text: "no front matter")).code == .entryUnreadable)
        #expect(Self.decide(.editEntry(name, text: entry.document.text)).code == .noEffect)
        #expect(Self.decide(.editEntry(try Self.name("nobody"), text: text)).code == .unknownEntry)
    }

    @Test func `of editing mends an entry that could not be read`() throws {
        let text = EntryFile.text(name: try Self.name("broken"), type: .project, description: "d", body: "b")
        #expect(Self.decide(.editEntry(try Self.name("broken"), text: text)).verdict == .accepted)
    }

    @Test func `of resetting a piece removes the own copy`() throws {
        let name = try #require(PieceName("fix-issue"))
        let own = Document(path: .piece(name), text: "mine")
        let both = JudgingCase().with { $0.pieces = PieceCatalog(builtin: [name: "builtin"], own: [name: own]) }
        let decision = Self.decide(.resetPiece(name), both.state)
        #expect(decision.writes == [DocumentWrite(path: .piece(name), before: "mine", after: nil)])
        let builtin = JudgingCase().with { $0.pieces = PieceCatalog(builtin: [name: "builtin"]) }
        #expect(Self.decide(.resetPiece(name), builtin.state).code == .noEffect)
        #expect(Self.decide(.resetPiece(name)).code == .pieceNotFound)
    }
}
