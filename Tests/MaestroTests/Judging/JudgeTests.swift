// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Maestro

@Suite struct `The judge` {
    @Test func `accepts what a person said and writes the new file`() throws {
        let decision = JudgingCase().verdict(on: .add(quote: "use the manual clock"))
        #expect(decision.verdict == .accepted)
        #expect(decision.code == nil)
        #expect(decision.scope == JudgingCase.scope)
        let write = try #require(decision.writes.first)
        #expect(write.before == nil)
        #expect(write.path.relative.hasSuffix("/memory/feedback-use-manual-clock.md"))
        #expect(EntryFile(text: write.after ?? "").body == "Never sleep in tests.")
        #expect(decision.evidence == [.init(event: 5, line: 5, actor: .user, text: JudgingCase.correction)])
    }

    @Test func `puts entries about the user into the global folder, all others into the project's`() {
        let decisions = JudgingCase().judge(
            .add("user-likes-short-answers", type: .user, description: "Answers", body: "Short ones."),
            .add("reference-where-logs-are", type: .reference, description: "Logs", body: "In the bucket.", ordinal: 2)
        )
        #expect(decisions.map(\.scope) == [.global, JudgingCase.scope])
    }

    @Test(arguments: [
        ("use-manual-clock", "feedback-use-manual-clock"),
        ("feedback_use_manual_clock", "feedback_use_manual_clock"),
        ("Feedback-Use-Clock", "Feedback-Use-Clock"),
        (String(repeating: "a", count: 64), "feedback-" + String(repeating: "a", count: 55)),
    ])
    func `puts the type in front of a new name and says so`(name: String, expected: String) {
        let decision = JudgingCase().verdict(on: .add(name))
        #expect(decision.name == expected)
        #expect(decision.message.contains("in the reply") == (name != expected))
    }

    @Test func `turns an add that says what an entry says into a confirm`() {
        let add = ProposedChange.add(
            "feedback-commit-one-idea",
            description: "Committing: one idea a commit",
            body: "Make one commit per idea!"
        )
        let decision = JudgingCase().verdict(on: add)
        #expect(decision.operation == .confirm)
        #expect(decision.verdict == .accepted)
        #expect(decision.name == "feedback-small-commits")
        #expect(decision.writes == [])
        #expect(decision.message.contains("`feedback-small-commits`"))
    }

    @Test func `keeps short rules apart that share their reasons and use`() {
        let tail = "**Why:** the person directed it in these words.\n**How to apply:** in every job of this project."
        let decisions = JudgingCase().judge(
            .add("feedback-tabs", description: "Use tabs in Makefiles", body: "Use tabs in Makefiles.\n\n\(tail)"),
            .add("feedback-uv", description: "Use uv in Python", body: "Use uv in Python.\n\n\(tail)", ordinal: 2)
        )
        #expect(decisions.map(\.verdict) == [.accepted, .accepted])
    }

    @Test func `keeps an add apart from the entry that says the opposite`() {
        let add = ProposedChange.add(
            "feedback-commit-one-idea",
            description: "Committing: one idea a commit",
            body: "Never make one commit per idea."
        )
        #expect(JudgingCase().verdict(on: add).operation == .add)
    }

    @Test func `counts an explicit confirm without touching the file`() {
        let decision = JudgingCase().verdict(on: .memory(.confirm, "feedback-small-commits"))
        #expect(decision.verdict == .accepted)
        #expect(decision.writes == [])
    }

    @Test func `updates the text of now and keeps front matter that another tool wrote since`() throws {
        let before = JudgingCase()
        let old = before.entries[0]
        let touched = old.document.text.replacing("type: feedback", with: "type: feedback\nmodified: 2026-07-30")
        let now = before.with { $0.entries[0] = JudgingCase.entry("feedback-small-commits", text: touched) }
        let update = ProposedChange.memory(.update, "feedback-small-commits", body: "One idea, one commit.")
        let write = try #require(now.verdict(on: update, base: before.base).writes.first)
        #expect(write.before == touched)
        #expect(write.after?.contains("modified: 2026-07-30") == true)
        #expect(write.after?.contains("One idea, one commit.") == true)
        #expect(write.after?.contains("Committing: one idea a commit") == true)
    }

    @Test func `folds one entry into another as one decision`() throws {
        let merge = ProposedChange.memory(
            .remove,
            "feedback-commit-size",
            description: "Committing: small, one idea each",
            body: "Small commits of one idea.",
            into: "feedback-small-commits"
        )
        let decision = JudgingCase().verdict(on: merge)
        #expect(decision.verdict == .accepted)
        #expect(
            decision.writes.map(\.path.relative).map { $0.split(separator: "/").last } == [
                "feedback-commit-size.md", "feedback-small-commits.md",
            ]
        )
        #expect(decision.writes.first?.after == nil)
        let target = EntryFile(text: decision.writes.last?.after ?? "")
        #expect(target.description == "Committing: small, one idea each")
        #expect(target.body == "Small commits of one idea.")
    }

    @Test(arguments: [
        ProposedChange.memory(.update, "feedback-small-commits", body: "x", ordinal: 2),
        .memory(.update, "FEEDBACK-commit-size", body: "x", ordinal: 2),
        .memory(.remove, "feedback-small-commits", body: "x", into: "project-report-clock", ordinal: 2),
        .memory(.remove, "project-report-clock", body: "x", into: "feedback-commit-size", ordinal: 2),
        .memory(.confirm, "feedback-small-commits", ordinal: 2),
    ])
    func `refuses a change of an entry that a merge touches`(second: ProposedChange) {
        let merge = ProposedChange.memory(.remove, "feedback-commit-size", body: "b", into: "feedback-small-commits")
        let decisions = JudgingCase().judge(merge, second)
        #expect(decisions.map(\.verdict) == [.accepted, .rejected])
        #expect(decisions.last?.code == .duplicateChange)
    }

    @Test func `lets a good change stand though the one before it on the same entry was refused`() {
        let decisions = JudgingCase().judge(
            .memory(.update, "feedback-small-commits", body: "x", events: [99]),
            .memory(.update, "feedback-small-commits", body: "y", ordinal: 2)
        )
        #expect(decisions.map(\.verdict) == [.rejected, .accepted])
    }

    @Test func `lets everything wait in review mode but what changes no text`() {
        let reviewing = JudgingCase().with { $0.policy.mode = .review }
        let decisions = reviewing.judge(.add(), .memory(.confirm, "feedback-small-commits", ordinal: 2))
        #expect(decisions.map(\.verdict) == [.waiting, .accepted])
        #expect(decisions.first?.code == .needsReview)
        #expect(decisions.first?.writes == [])
        #expect(decisions.first?.proposed == .add())
    }

    @Test func `keeps nothing of a change whose words are the trouble`() {
        let decision = JudgingCase().verdict(on: .add(body: "Hidden\u{200B} words"))
        #expect(decision.code == .injection)
        #expect(decision.proposed == nil)
    }

    @Test func `orders decisions as the reply had them, unreadable ones among them`() {
        let unreadable = Decision(
            ordinal: 1,
            operation: .add,
            name: "",
            verdict: .rejected,
            code: .missingField,
            message: "m"
        )
        let judgement = JudgingCase().judge(
            Proposal(reasoning: "r", changes: [.add(ordinal: 2)], refused: [unreadable], notes: ["n"])
        )
        #expect(judgement.decisions.map(\.ordinal) == [1, 2])
        #expect(judgement.reasoning == "r")
        #expect(judgement.notes == ["n"])
    }

    @Test func `takes its limits from the settings`() {
        var settings = Settings.Reflection()
        settings.mode = .review
        settings.maxChanges = 1
        settings.maxEntries = 2
        settings.maxEntryBodyBytes = 3
        settings.pieceEditCooldownHours = 4
        let policy = JudgePolicy(settings: settings)
        #expect(policy.mode == .review)
        #expect(policy.maxChanges == 1)
        #expect(policy.maxEntries == 2)
        #expect(policy.maxEntryBodyBytes == 3)
        #expect(policy.pieceEditCooldownHours == 4)
    }

    @Test func `makes as many changes as the policy allows and counts only those that stand`() {
        let decisions = JudgingCase().judge(
            .add(events: [99]),
            .add(ordinal: 2),
            .memory(.update, "feedback-small-commits", body: "x", ordinal: 3),
            .memory(.remove, "feedback-commit-size", ordinal: 4),
            .memory(.confirm, "project-report-clock", ordinal: 5)
        )
        #expect(decisions.map(\.verdict) == [.rejected, .accepted, .accepted, .accepted, .rejected])
        #expect(decisions.last?.code == .tooManyChanges)
    }

    @Test func `gives the same judgement whenever it is asked`() {
        let proposal = Proposal(changes: [.add(), .memory(.remove, "feedback-commit-size", ordinal: 2)])
        #expect(JudgingCase().judge(proposal) == JudgingCase().judge(proposal))
    }
}
