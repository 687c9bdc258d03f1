// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `A waiting change that a person accepts` {
    static func waiting(_ change: ProposedChange, _ judging: JudgingCase = JudgingCase()) throws -> Decision {
        let decision = judging.verdict(on: change)
        try #require(decision.verdict == .waiting)
        return decision
    }

    static func accept(_ waiting: Decision, _ judging: JudgingCase = JudgingCase(), base: Base? = nil) -> Decision {
        Judge(judging.policy).decideAgain(
            waiting,
            base: base ?? judging.base,
            job: judging.job,
            activity: judging.activity,
            now: judging.state
        )
    }

    @Test(arguments: [
        ProposedChange.add(events: [2]), .add(isTentative: true),
        .memory(.update, "feedback-commit-size", body: "b", events: []),
        .memory(.remove, "feedback-commit-size", events: [4]),
    ])
    func `is written on the state of now`(change: ProposedChange) throws {
        let decision = Self.accept(try Self.waiting(change))
        #expect(decision.verdict == .accepted)
        #expect(decision.code == nil)
        #expect(decision.writes.count == 1)
        #expect(decision.ordinal == 1)
    }

    @Test func `is written in review mode and without the activity that it came from`() throws {
        let reviewing = JudgingCase().with { $0.policy.mode = .review }
        let waiting = try Self.waiting(.add(), reviewing)
        let decision = Judge(reviewing.policy)
            .decideAgain(waiting, base: reviewing.base, job: nil, activity: nil, now: reviewing.state)
        #expect(decision.verdict == .accepted)
        #expect(decision.scope == JudgingCase.scope)
        #expect(decision.evidence == waiting.evidence)
    }

    @Test func `is refused where its entry was changed, removed or taken meanwhile`() throws {
        let before = JudgingCase()
        let update = try Self.waiting(.memory(.update, "feedback-commit-size", body: "b", events: []))
        let edited = before.with {
            $0.entries[1] = JudgingCase.entry("feedback-commit-size", .feedback, "Commit size", "A person's new words.")
        }
        #expect(Self.accept(update, edited, base: before.base).code == .stale)
        #expect(Self.accept(update, before.with { $0.entries.remove(at: 1) }, base: before.base).code == .stale)

        let add = try Self.waiting(.add(isTentative: true))
        let taken = before.with {
            $0.entries.append(
                JudgingCase.entry("feedback-use-manual-clock", .feedback, "Something else", "Quite different.")
            )
        }
        #expect(Self.accept(add, taken, base: before.base).code == .alreadyExists)
        #expect(Self.accept(add, before.with { $0.policy.maxEntries = 1 }).code == .entryLimit)
    }

    @Test func `becomes a confirm where an entry says it by now`() throws {
        let add = try Self.waiting(.add(isTentative: true))
        let said = JudgingCase().with {
            $0.entries.append(
                JudgingCase.entry(
                    "feedback-clock",
                    .feedback,
                    "Tests and time: use the manual clock",
                    "Never sleep in tests."
                )
            )
        }
        let decision = Self.accept(add, said)
        #expect(decision.operation == .confirm)
        #expect(decision.verdict == .accepted)
        #expect(decision.writes == [])
    }

    @Test func `stays as it is when it does not wait or holds no change`() throws {
        var waiting = try Self.waiting(.add(isTentative: true))
        waiting.proposed = nil
        #expect(Self.accept(waiting) == waiting)
    }
}
