// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// One small job with a few entries, and ways to have replies about it judged.
struct JudgingCase {
    static let scope = Scope.project("github.com/acme/app")
    static let correction = "No, never sleep in tests: use the manual clock instead."

    var policy = JudgePolicy()
    var job = Job(id: Job.ID("job-1"), scope: JudgingCase.scope)
    var activity = Activity(
        format: "text",
        events: [
            Event(
                number: 1,
                actor: .user,
                kind: .message,
                text: "Please fix the date test of the report module.",
                line: 1
            ),
            Event(
                number: 2,
                actor: .agent,
                kind: .message,
                text: "I will add a sleep so that the test settles.",
                line: 2
            ),
            Event(number: 3, actor: .agent, kind: .toolCall, text: "make lint", line: 3),
            Event(
                number: 4,
                actor: .tool,
                kind: .toolResult,
                text: "wrapcheck: error of another package is not wrapped",
                line: 4
            ),
            Event(number: 5, actor: .user, kind: .correction, text: JudgingCase.correction, line: 5),
            Event(number: 6, actor: .harness, kind: .notice, text: "Summary: the user wants tabs everywhere.", line: 6),
            Event(number: 7, actor: .agent, kind: .message, text: "All tests pass now.", line: 7),
        ]
    )
    var entries = [
        JudgingCase.entry(
            "feedback-small-commits",
            .feedback,
            "Committing: one idea a commit",
            "Make one commit per idea."
        ),
        JudgingCase.entry("feedback-commit-size", .feedback, "Commit size", "Keep commits small and focused."),
        JudgingCase.entry(
            "project-report-clock",
            .project,
            "Report module: where time comes from",
            "It reads the clock once."
        ),
        JudgingCase.entry("user-works-in-berlin", .user, "Where the user works", "Berlin, mornings.", scope: .global),
        JudgingCase.entry("broken", text: "no front matter"),
    ]
    var pieces = PieceCatalog()
    var pieceEdits: [String: Date] = [:]
    var unconfirmed: [UserState.Unconfirmed] = []
    var citable: Set<Int>?
    /// Names of entries that the model saw by description only, or not at all.
    var described: Set<String> = []
    var hidden: Set<String> = []

    static func entry(
        _ name: String,
        _ type: EntryType,
        _ description: String,
        _ body: String,
        scope: Scope = scope
    ) -> MemoryEntry {
        guard let stem = EntryName(name) else { fatalError("not a stem: \(name)") }
        return entry(
            name,
            text: EntryFile.text(name: stem, type: type, description: description, body: body),
            scope: scope
        )
    }

    static func entry(_ name: String, text: String, scope: Scope = scope) -> MemoryEntry {
        guard let stem = EntryName(name) else { fatalError("not a stem: \(name)") }
        return MemoryEntry(reading: Document(path: .entry(scope, stem: stem), text: text), name: stem, scope: scope)
    }

    func with(_ change: (inout JudgingCase) -> Void) -> JudgingCase {
        var copy = self
        change(&copy)
        return copy
    }

    /// What the model was shown: the entries as they are now, unless a test changes `entries` afterwards.
    var base: Base {
        let shown = entries.filter { !hidden.contains($0.name.rawValue) }.map {
            Base.Shown(
                path: $0.path,
                hash: $0.document.hash,
                meaning: $0.meaning,
                inFull: !described.contains($0.name.rawValue)
            )
        }
        return Base(shown: shown, piece: job.piece, citable: citable)
    }

    var state: UserState {
        UserState(
            user: .me,
            scope: job.scope,
            entries: entries,
            pieces: pieces,
            pieceEdits: pieceEdits,
            unconfirmed: unconfirmed,
            moment: Date(timeIntervalSince1970: 1_800_000_000)
        )
    }

    func judge(_ proposal: Proposal, base: Base? = nil) -> Judgement {
        Judge(policy).decide(proposal, base: base ?? self.base, job: job, activity: activity, now: state)
    }

    func judge(_ changes: ProposedChange..., base: Base? = nil) -> [Decision] {
        judge(Proposal(changes: changes), base: base).decisions
    }

    /// The only decision about one change.
    func verdict(on change: ProposedChange, base: Base? = nil) -> Decision { judge(change, base: base)[0] }
}

extension ProposedChange {
    static func memory(
        _ operation: Change.Operation,
        _ name: String,
        type: EntryType? = nil,
        description: String = "",
        body: String = "",
        into target: String? = nil,
        events: [Int] = [5],
        quote: String? = nil,
        ordinal: Int = 1,
        isTentative: Bool = false
    ) -> ProposedChange {
        let change = MemoryChange(
            operation: operation,
            name: name,
            type: type,
            description: description,
            body: body,
            mergeTarget: target
        )
        return ProposedChange(
            ordinal: ordinal,
            change: .memory(change),
            events: events,
            quote: quote,
            isTentative: isTentative
        )
    }

    /// A good add, resting on the person's correction.
    static func add(
        _ name: String = "feedback-use-manual-clock",
        type: EntryType? = .feedback,
        description: String = "Tests and time: use the manual clock",
        body: String = "Never sleep in tests.",
        events: [Int] = [5],
        quote: String? = nil,
        ordinal: Int = 1,
        isTentative: Bool = false
    ) -> ProposedChange {
        memory(
            .add,
            name,
            type: type,
            description: description,
            body: body,
            events: events,
            quote: quote,
            ordinal: ordinal,
            isTentative: isTentative
        )
    }

    static func piece(_ name: String, _ edits: [PieceEdit.Replacement], events: [Int] = [5]) -> ProposedChange {
        ProposedChange(ordinal: 9, change: .piece(PieceEdit(piece: name, why: "said so", edits: edits)), events: events)
    }
}
