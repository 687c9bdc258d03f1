// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTestServer
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// Every code of the judge, reached through the real binary, a model over HTTP, and real files.
@Suite(.temporaryFolder, .timeLimit(.minutes(3))) struct `Every code` {
    private static let piece = """
        maestro: 1
        name: mine
        description: Do it, do it well.
        guidance: []
        max_steps: 5
        start: go
        steps:
          - id: go
            instruction: Go on.
            run: { permission: readonly }
            next: [{ when: done, go: COMPLETE }]

        """

    /// Reflects on a chat with the reply of a model; gives the decisions as `code`, or `verdict` where there is none.
    private func codes(
        _ changes: [Reply.MemoryChange] = [],
        edits: [Reply.PieceEdit.Edit] = [],
        job: String,
        piece: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> [String] {
        let reply = Reply(
            reasoning: "r",
            memoryChanges: changes,
            pieceEdit: .init(why: edits.isEmpty ? "" : "better", events: edits.isEmpty ? [] : [1], edits: edits)
        )
        let text = String(decoding: try JSONEncoder().encode(reply), as: UTF8.self)
        var binary = Binary()
        binary.environment = ["MAESTRO_REFLECTION_MAX_CHANGES": "40"].merging(environment) { $1 }
        return try await TestServer.run(Script([.reply(text)])) { server in
            let arguments =
                ["reflect", "-", "--job", job, "--project", "global", "--endpoint", server.url, "--json"]
                + (piece.map { ["--piece", $0] } ?? [])
            let finished = try await binary.run(arguments, input: Binary.chat()) { _ in }
            let decisions = try #require(try finished.object()["decisions"] as? [[String: Any]])
            return decisions.map { $0["code"] as? String ?? $0["verdict"] as? String ?? "" }
        }
    }

    private static func add(
        _ name: String,
        _ description: String = "Pushing: run the linter before it",
        body: String = "Run the linter before a push. **Why:** it was asked for. **How to apply:** always.",
        events: [Int] = [3],
        quote: String = ""
    ) -> Reply.MemoryChange {
        Reply.MemoryChange(
            op: "add",
            name: name,
            type: "feedback",
            description: description,
            body: body,
            events: events,
            quote: quote
        )
    }

    private func plant(_ text: String, at name: String) throws {
        let folder = URL(filePath: Binary.data.string).appending(path: "users/me/memory")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    private static func entry(_ name: String, _ body: String) -> String {
        "---\nname: \(name)\ndescription: About \(name)\ntype: feedback\n---\n\n\(body)\n"
    }

    @Test func `about memory is reached end to end`() async throws {
        try plant(Self.entry("feedback-here-already", "Run make lint before a push."), at: "feedback-here-already.md")
        try plant("no front matter at all", at: "feedback-broken-file.md")
        try plant(
            Self.entry("feedback-very-long", String(repeating: "garden ", count: 900)),
            at: "feedback-very-long.md"
        )
        let reached = try await codes(
            [
                Self.add("../escape"), Self.add("feedback-of-no-type").typed("opinion"),
                Self.add("feedback-no-text", body: ""),
                Self.add("feedback-too-large", "Large: too large", body: String(repeating: "large words ", count: 900)),
                Self.add("feedback-long-line", String(repeating: "long line ", count: 20)),
                Reply.MemoryChange(op: "update", name: "feedback-nowhere", body: "New.", events: [3]),
                Reply.MemoryChange(op: "update", name: "feedback-broken-file", body: "New.", events: [3]),
                Reply.MemoryChange(op: "update", name: "feedback-very-long", body: "New.", events: [3]),
                Self.add("feedback-here-already", "Another: text of it", body: "Another text of it altogether."),
                Reply.MemoryChange(
                    op: "update",
                    name: "feedback-here-already",
                    body: "Run make lint before a push.",
                    events: [3]
                ),
                Self.add("feedback-no-events", "None: cites nothing", body: "Nothing is cited for this.", events: []),
                Self.add(
                    "feedback-no-quote",
                    "Quote: not said by anyone",
                    body: "Nobody said so.",
                    quote: "never ever said by anybody"
                ),
                Self.add("feedback-agent-says", "Agent: says so itself", body: "The agent says so.", events: [2]),
                Self.add(
                    "feedback-of-a-person",
                    "Call: the customer by phone",
                    body: "Write to jane.roe@gmail.com about it."
                ),
                Self.add(
                    "feedback-a-secret",
                    "Token: use this one",
                    body: "Use ghp_" + String(repeating: "aB3dE5", count: 6) + "."
                ),
                Self.add("feedback-hidden-text", "Hidden: text in it", body: "Do\u{200B} this\u{202E} now."),
                Self.add(
                    "sample-tag-after-changelog",
                    "Releasing: tag after the changelog",
                    body: "Tag after the changelog."
                ),
                Self.add("feedback-push-linted"),
                Self.add("feedback-push-linted", "Twice: the same name", body: "Twice the same name."),
            ],
            job: "memory",
            environment: ["MAESTRO_REFLECTION_ENTRY_BUDGET_TOKENS": "300"]
        )

        #expect(
            reached == [
                "invalid_name", "invalid_type", "missing_field", "body_too_large", "description_too_long",
                "unknown_entry",
                "entry_unreadable", "not_shown", "already_exists", "no_effect", "missing_evidence",
                "evidence_not_found",
                "untrusted_evidence", "personal_data", "secret", "injection", "example_copied", "accepted",
                "duplicate_change",
            ]
        )
    }

    @Test func `about limits is reached end to end`() async throws {
        let two = [
            Self.add("feedback-push-linted"),
            Self.add("feedback-name-branches", "Branches: name them", body: "Name branches."),
        ]

        #expect(
            try await codes(two, job: "a", environment: ["MAESTRO_REFLECTION_MAX_CHANGES": "1"]) == [
                "accepted", "too_many_changes",
            ]
        )
        #expect(
            try await codes([two[1]], job: "b", environment: ["MAESTRO_REFLECTION_MAX_ENTRIES": "1"]) == ["entry_limit"]
        )
        #expect(
            try await codes([two[1]], job: "c", environment: ["MAESTRO_REFLECTION_MODE": "review"]) == ["needs_review"]
        )
    }

    @Test func `about an entry that somebody edits meanwhile is reached end to end`() async throws {
        try plant(Self.entry("feedback-push-linted", "Lint."), at: "feedback-push-linted.md")
        let folder = URL(filePath: Binary.data.string).appending(path: "users/me/memory/feedback-push-linted.md")
        let update = Reply.MemoryChange(op: "update", name: "feedback-push-linted", body: "Never lint.", events: [3])
        let text = String(
            decoding: try JSONEncoder().encode(Reply(reasoning: "r", memoryChanges: [update])),
            as: UTF8.self
        )
        let script = Script { _, _ in
            // A person saves the file while the model thinks.
            try? Data(Self.entry("feedback-push-linted", "Lint twice.").utf8).write(to: folder)
            return .reply(text)
        }
        let finished = try await TestServer.run(script) { server in
            try await Binary().run(
                ["reflect", "-", "--project", "global", "--endpoint", server.url, "--json"],
                input: Binary.chat()
            ) { _ in }
        }
        let decisions = try #require(try finished.object()["decisions"] as? [[String: Any]])

        #expect(decisions.map { $0["code"] as? String } == ["stale"])
        #expect(try String(contentsOf: folder, encoding: .utf8).contains("Lint twice."))
    }

    @Test func `about pieces is reached end to end`() async throws {
        _ = try await Binary().run(["piece", "edit", "mine", "--file", "-"], input: Self.piece) { _ in }
        func code(
            _ job: String,
            _ field: String,
            _ old: String,
            _ new: String,
            piece: String? = "mine"
        ) async throws -> [String] {
            try await codes(edits: [.init(field: field, old: old, new: new)], job: job, piece: piece)
        }

        #expect(try await code("1", "goal", "", "x", piece: nil) == ["piece_not_found"])
        #expect(try await code("2", "go.run.permission", "readonly", "full") == ["piece_locked_field"])
        #expect(try await code("3", "max_steps", "5", "9") == ["piece_guarded_field"])
        #expect(try await code("4", "go.instruction", "Stay", "x") == ["piece_anchor_missing"])
        #expect(try await code("5", "description", "do it", "x") == ["needs_review"])
        #expect(try await code("6", "description", "o it", "x") == ["piece_anchor_ambiguous"])
        #expect(try await code("7", "nowhere.title", "a", "b") == ["piece_invalid"])
        #expect(try await code("8", "guidance", "", String(repeating: "x", count: 241)) == ["piece_too_large"])
        #expect(try await Binary().run("review", "--accept", "last").code == 0)
        #expect(try await code("9", "guidance", "", "Be kind.") == ["piece_cooldown"])
        #expect(try await Binary().run("review", "--reject", "last", "--reason", "no").code == 0)
        let shown = try #require(try await Binary().run("show", "--json").object()["decisions"] as? [[String: Any]])
        #expect(shown.map { $0["code"] as? String } == ["declined"])
    }
}

extension Reply.MemoryChange {
    fileprivate func typed(_ type: String) -> Reply.MemoryChange {
        var change = self
        change.type = type
        return change
    }
}
