// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `What a change rests on` {
    static let fact = ProposedChange.add(
        "project-wrap-foreign-errors",
        type: .project,
        description: "Lint wants foreign errors wrapped",
        body: "The wrapcheck linter refuses errors of other packages that are not wrapped.",
        events: [4]
    )

    static func waiting(
        job: String = "job-0",
        type: EntryType = .project,
        scope: Scope = JudgingCase.scope,
        body: String = "The wrapcheck linter refuses errors of other packages that are not wrapped.",
        evidence: [Evidence] = []
    ) -> UserState.Unconfirmed {
        .init(
            change: "abc-1",
            job: Job.ID(job),
            scope: scope,
            type: type,
            description: "Errors of other packages: lint wants them wrapped",
            body: body,
            evidence: evidence
        )
    }

    @Test func `is applied where two jobs say the same about the project`() {
        let decision = JudgingCase().with { $0.unconfirmed = [Self.waiting()] }.verdict(on: Self.fact)
        #expect(decision.verdict == .accepted)
        #expect(decision.agreesWith == "abc-1")
        #expect(decision.writes.count == 1)
    }

    @Test(arguments: [
        waiting(job: "job-1"), waiting(job: "job-1#7"), waiting(type: .reference), waiting(scope: .global),
        waiting(body: "Something else altogether."),
        waiting(body: "The wrapcheck linter never refuses errors of other packages that are wrapped."),
    ])
    func `waits where the other job says something else, or is the same job`(other: UserState.Unconfirmed) {
        let decision = JudgingCase().with { $0.unconfirmed = [other] }.verdict(on: Self.fact)
        #expect(decision.verdict == .waiting)
        #expect(decision.code == .untrustedEvidence)
        #expect(decision.agreesWith == nil)
        #expect(decision.evidence.map(\.event) == [4])
    }

    /// The same words at the same place are the same transcript, whatever its jobs are called.
    @Test(
        arguments: [(4, "", .waiting), (5, "", .accepted), (4, " and more", .waiting)]
            as [(Int, String, Decision.Verdict)]
    )
    func `waits where the other job's evidence is the same event`(
        event: Int,
        more: String,
        verdict: Decision.Verdict
    ) throws {
        let ours = try #require(JudgingCase().verdict(on: Self.fact).evidence.first { $0.event == 4 })
        var theirs = ours
        theirs.event = event
        theirs.text += more
        let other = Self.waiting(job: "another", evidence: [theirs])
        #expect(JudgingCase().with { $0.unconfirmed = [other] }.verdict(on: Self.fact).verdict == verdict)
    }

    /// An agent that says a thing again in the same session is no second job.
    @Test(
        arguments: [
            ("one", nil, "one", true), ("one", nil, "one#5", true), ("one#5", 5, "one", true),
            ("one#5", 5, "one#3", true),
            ("one", nil, "one-1", false), ("one", nil, "one#x", false), ("issue#12", nil, "issue#13", false),
            ("one#5", 5, "two#5", false), ("one#5", 5, "two", false), ("issue", nil, "issue#", false),
            ("one", nil, "one~0a1b2c3d", true), ("one~0a1b2c3d", nil, "one", true),
            ("one~0a1b2c3d#7", 7, "one#5", true),
            ("one~0a1b2c3d", nil, "one~ffffffff#2", true), ("one~tilde", nil, "one", false),
        ] as [(String, Int?, String, Bool)]
    )
    func `knows the jobs of one transcript`(id: String, firstNewEvent: Int?, other: String, isSame: Bool) {
        let job = Job(id: Job.ID(id), user: UserID("me"), scope: .global, firstNewEvent: firstNewEvent)
        #expect(job.sharesTranscript(with: Job.ID(other)) == isSame)
    }

    @Test func `agrees with nothing in review mode`() {
        let reviewing = JudgingCase().with {
            $0.unconfirmed = [Self.waiting()]
            $0.policy.mode = .review
        }
        let decision = reviewing.verdict(on: Self.fact)
        #expect(decision.verdict == .waiting)
        #expect(decision.agreesWith == nil)
    }

    @Test func `is no wish of the owner where the person is someone else`() {
        let customer = JudgingCase().with {
            $0.job.counterpart = .other
            $0.unconfirmed = [Self.waiting()]
        }
        #expect(customer.verdict(on: Self.fact).code == .untrustedEvidence)
        #expect(customer.verdict(on: .add()).verdict == .waiting)
    }

    @Test(arguments: [
        ("Ask Mia for her booking.", "a name"), ("The booking XEWRDR is refundable.", "an identifier"),
        ("User mia_li_3668 pays by card.", "an identifier"), ("Flight HAT170 was full.", "an identifier"),
        ("Order 73412 was late.", "an identifier"), ("Write to mia.li@example.com.", "an e-mail address"),
    ])
    func `repeats no name and no number of a customer`(body: String, kind: String) {
        let customer = JudgingCase().with {
            $0.job.counterpart = .other
            $0.activity.events += [
                Event(number: 8, actor: .user, kind: .message, text: "Hi, I am Mia Li, order 73412. Ask me.", line: 8),
                Event(
                    number: 9,
                    actor: .tool,
                    kind: .toolResult,
                    text: #"{"user_id": "mia_li_3668", "reservation": "XEWRDR", "flight": "HAT170"}"#,
                    line: 9
                ),
            ]
        }
        let decision = customer.verdict(on: .add(type: .project, body: body))
        #expect(decision.code == .personalData)
        #expect(decision.message.contains(kind))
        #expect(JudgingCase().verdict(on: .add(body: body)).code == nil)
        let procedure = customer.verdict(on: .add(type: .project, body: "Ask for the number of bags before pricing."))
        #expect(procedure.code == .untrustedEvidence)
    }

    @Test func `may be the owner's own address in an entry about the owner`() {
        let judging = JudgingCase().with {
            $0.activity.events[4].text = "Commit as ann@acme-corp.com from now on."
        }
        let own = ProposedChange.add(
            "user-commit-address",
            type: .user,
            description: "Commits",
            body: "As ann@acme-corp.com."
        )
        #expect(judging.verdict(on: own).verdict == .accepted)
        let others = ProposedChange.add(
            "feedback-commit-address",
            description: "Commits",
            body: "As ann@acme-corp.com."
        )
        #expect(judging.verdict(on: others).code == .personalData)
    }

    @Test func `counts what an entry held before as the owner's doing`() {
        let judging = JudgingCase().with {
            $0.entries[0] = JudgingCase.entry("feedback-small-commits", .feedback, "Reviews", "Ask jane@acme-corp.com.")
        }
        let kept = ProposedChange.memory(
            .update,
            "feedback-small-commits",
            body: "Ask jane@acme-corp.com before merging."
        )
        #expect(judging.verdict(on: kept).verdict == .accepted)
    }

    @Test func `may be the entry itself, and then a person decides`() {
        let quoted = ProposedChange.memory(
            .update,
            "feedback-small-commits",
            body: "One idea, one commit.",
            events: [],
            quote: "one commit per idea"
        )
        #expect(JudgingCase().verdict(on: quoted).code == .needsReview)
        var invented = quoted
        invented.quote = "words that stand nowhere at all"
        #expect(JudgingCase().verdict(on: invented).code == .evidenceNotFound)
    }

    @Test func `is told apart from cited numbers that do not exist`() {
        let decision = JudgingCase().verdict(on: .add(events: [5, 77]))
        #expect(decision.verdict == .accepted)
        #expect(decision.message.contains("#77"))
        #expect(decision.evidence.map(\.event) == [5])
    }

    @Test func `counts as a person's words only where the quote is theirs`() {
        #expect(
            JudgingCase().verdict(on: .add(events: [2, 5], quote: "use the manual clock instead")).verdict == .accepted
        )
        #expect(JudgingCase().verdict(on: .add(events: [2, 5], quote: "so that the test settles")).verdict == .waiting)
    }
}
