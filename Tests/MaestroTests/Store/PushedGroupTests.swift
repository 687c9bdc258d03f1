// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `The edits of a pulled folder` {
    private let project = JudgingCase.scope
    private let state = JudgingCase().state

    private func path(_ stem: String, in scope: Scope? = nil) throws -> DocumentPath {
        .entry(scope ?? project, stem: try #require(EntryName(stem)))
    }

    private func fact(_ text: String) -> PulledManifest.Fact { .init(version: 1, hash: ContentHash(of: text)) }

    private func text(_ stem: String) throws -> String {
        EntryFile.text(name: try #require(EntryName(stem)), type: .feedback, description: "d", body: "Do it.")
    }

    @Test func `are one group a memory folder, and one for the pieces; indexes are none`() throws {
        let piece = DocumentPath.piece(try #require(PieceName("mine")))
        let groups = PushedGroup.all(
            in: [
                try path("a"): .text("new"), try path("b", in: .global): .text("same"),
                piece: .unreadable("it is a pipe"),
                .index(.global): .text("mine"),
            ],
            pulled: [
                try path("b", in: .global): fact("same"), try path("c", in: .global): fact("gone"),
                .index(.global): fact("i"),
            ]
        )
        #expect(groups.map(\.place) == [.memory(.global), .pieces, .memory(project)])
        #expect(groups.flatMap { $0.items.map(\.path) } == [try path("c", in: .global), piece, try path("a")])
    }

    @Test func `are judged all together on the state of this moment`() throws {
        let known = try path("feedback-small-commits")
        let before = try #require(state.text(at: known))
        let groups = PushedGroup.all(
            in: [known: .text(before + "\nMore.\n"), try path("new-one"): .text(try text("new-one"))],
            pulled: [known: fact(before)]
        )
        let judgement = try #require(try groups[0].judgement(on: state, policy: JudgePolicy()))
        #expect(judgement.decisions.map(\.operation) == [.update, .add])
    }

    @Test func `that the store has already are nothing to send`() throws {
        let known = try path("feedback-small-commits")
        let groups = PushedGroup.all(
            in: [known: .text(try #require(state.text(at: known)))],
            pulled: [known: fact("older"), try path("gone-there-too"): fact("x")]
        )
        #expect(try groups[0].judgement(on: state, policy: JudgePolicy()) == nil)
    }

    @Test func `are blocked by any conflict and any refusal, with a diff or the reason`() throws {
        let (known, gone) = (try path("feedback-small-commits"), try path("nobody"))
        let groups = PushedGroup.all(
            in: [
                known: .text("here\n"), try path("new-one"): .text(try text("new-one")),
                try path("bad"): .text("no front matter"),
                try path("a-link"): .unreadable("it is a symbolic link"), gone: .text("edited"),
            ],
            pulled: [known: fact("pulled\n"), gone: fact("pulled\n")]
        )
        let blocked = try #require(throws: PushBlocked.self) {
            try groups[0].judgement(on: state, policy: JudgePolicy())
        }
        #expect(blocked.conflicts.map(\.path) == [known, gone])
        #expect(blocked.conflicts[0].diff.contains("+here\n"))
        #expect(blocked.conflicts[0].diff.hasPrefix("--- store/\(known.relative)\n+++ here/\(known.relative)\n@@ "))
        #expect(blocked.conflicts[1].diff.hasPrefix("--- /dev/null\n"))
        #expect(blocked.conflicts[1].sentence.hasSuffix("was edited here and removed in the store"))
        #expect(blocked.refusals.map(\.path) == [try path("a-link"), try path("bad")])
        #expect(blocked.refusals.map(\.code) == [.entryUnreadable, .entryUnreadable])
    }

    @Test func `that remove what changed in the store are a conflict`() throws {
        let known = try path("feedback-small-commits")
        let groups = PushedGroup.all(in: [:], pulled: [known: fact("pulled\n")])
        let blocked = try #require(throws: PushBlocked.self) {
            try groups[0].judgement(on: state, policy: JudgePolicy())
        }
        #expect(blocked.conflicts.map(\.sentence) == ["`\(known.relative)` was removed here and changed in the store"])
        #expect(blocked.conflicts[0].diff.contains("+++ /dev/null\n"))
    }
}
