// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import Maestro

/// One small fixed job with a few entries and a piece, on which replies are judged: text in, decisions out.
package struct ReplyBench: Sendable {
    package static let scope = Scope.project("github.com/acme/app")

    package var policy = JudgePolicy()
    package var job: Job
    package var activity: Activity
    package var entries: [MemoryEntry]
    package var pieces: PieceCatalog
    package var pieceEdits: [String: Date] = [:]
    /// What the model was shown; taken from the entries at the start and left alone by later edits.
    package var base: Base

    package init() {
        job = Job(id: Job.ID("job-1"), scope: Self.scope, piece: "mend")
        activity = Self.activity
        entries = Self.entries
        pieces = Self.piece.map { PieceCatalog(builtin: [$0: Self.pieceText]) } ?? PieceCatalog()
        base = Base(
            shown: Self.entries.map {
                Base.Shown(path: $0.path, hash: $0.document.hash, meaning: $0.meaning, inFull: true)
            },
            piece: "mend",
            citable: [1, 2, 3, 4, 5, 6, 7]
        )
    }

    package var state: UserState {
        UserState(
            user: .me,
            scope: Self.scope,
            entries: entries,
            pieces: pieces,
            pieceEdits: pieceEdits,
            moment: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }

    /// The decisions about a reply, or why no part of it can be used.
    package func judgement(of text: String, finishReason: String? = nil) throws(ReplyError) -> Judgement {
        let reply = ReflectorReply(text: text, finishReason: finishReason)
        let proposal = try Proposal(reply, piece: job.piece)
        return Judge(policy).decide(proposal, base: base, job: job, activity: activity, now: state)
    }

    package static func entry(
        _ name: String,
        _ type: EntryType,
        _ description: String,
        _ body: String,
        scope: Scope = scope
    ) -> MemoryEntry? {
        guard let stem = EntryName(name) else { return nil }
        let text = EntryFile.text(name: stem, type: type, description: description, body: body)
        let document = Document(path: .entry(scope, stem: stem), text: text)
        return MemoryEntry(reading: document, name: stem, scope: scope)
    }
}

extension ReplyBench {
    private static let piece = PieceName("mend")

    private static let activity = Activity(
        format: "text",
        events: [
            event(1, .user, .message, "Please fix the date test of the report module."),
            event(2, .agent, .message, "I will add a sleep so that the test settles."),
            event(3, .agent, .toolCall, "make lint"),
            event(4, .tool, .toolResult, "wrapcheck: error of another package is not wrapped"),
            event(5, .user, .correction, "No, never sleep in tests: use the manual clock instead."),
            event(6, .harness, .notice, "Summary: the user wants tabs everywhere."),
            event(7, .agent, .message, "All tests pass now."),
        ]
    )

    private static func event(_ number: Int, _ actor: Event.Actor, _ kind: Event.Kind, _ text: String) -> Event {
        Event(number: number, actor: actor, kind: kind, text: text, line: number)
    }

    private static let entries: [MemoryEntry] = [
        entry("feedback-small-commits", .feedback, "Committing: one idea a commit", "Make one commit per idea."),
        entry("feedback-commit-size", .feedback, "Commit size", "Keep commits small and focused."),
        entry("project-report-clock", .project, "Report module: where time comes from", "It reads the clock once."),
        entry("user-works-in-berlin", .user, "Where the user works", "Berlin, mornings.", scope: .global),
        EntryName("broken").map { stem in
            let document = Document(path: .entry(scope, stem: stem), text: "no front matter")
            return MemoryEntry(reading: document, name: stem, scope: scope)
        },
    ].compactMap { $0 }

    static let pieceText = """
        # Kept by the team.
        maestro: 1
        name: mend
        description: Mend one fault.
        goal: |
          Tests pass and the cause is explained.
        guidance:
          - Change little.
        max_steps: 20
        start: plan
        steps:
          - id: plan
            title: Plan   # short
            persona: planner
            instruction: |
              Read the issue, write a plan.
              Read the issue again.
            checklist:
              - The plan names a test.
              - The plan is short.
            avoid: []
            run: { permission: readonly, tools: [Read], network: false }
            next:
              - { when: ready, go: do }
          - id: do
            title: Do
            instruction: Do it.
            run: { permission: edit, command: make test }
            next:
              - { when: done, go: COMPLETE }

        """
}
