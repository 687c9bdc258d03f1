// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `The offline reflector` {
    private static func event(
        _ number: Int,
        _ actor: Event.Actor,
        _ kind: Event.Kind,
        _ text: String,
        _ tool: Event.Tool? = nil
    ) -> Event {
        Event(number: number, actor: actor, kind: kind, text: text, tool: tool, line: number)
    }

    private static func changes(
        _ events: [Event],
        outcome: JobOutcome = .unknown,
        counterpart: Counterpart = .owner
    ) async throws -> Reply {
        let job = Job(id: Job.ID("j"), scope: .project("p"), counterpart: counterpart, outcome: outcome)
        let state = UserState(user: .me, scope: job.scope, moment: .distantPast)
        let inputs = ReflectionInputs(job: job, activity: Activity(format: "test", events: events), state: state)
        let reply = try await OfflineReflector().reflect(ReflectionPrompt(inputs))
        return try JSONDecoder().decode(Reply.self, from: Data(reply.text.utf8))
    }

    private static func said(_ words: String) async throws -> [Reply.MemoryChange] {
        try await changes([
            event(1, .user, .message, "Fix the bug"), event(2, .agent, .message, "Done"),
            event(3, .user, .message, words),
        ]).memoryChanges
    }

    @Test(arguments: [
        ("always run make lint before you commit", "always run make lint before you commit"),
        (
            "Thanks! From now on, always run `make lint` before you commit.",
            "From now on, always run `make lint` before you commit"
        ),
        ("ok, please always write tests first", "always write tests first"),
        ("Never push to main without a review!", "Never push to main without a review"),
        ("in future, use the staging database for tests", "in future, use the staging database for tests"),
        ("Going forward please keep functions under 25 lines", "Going forward please keep functions under 25 lines"),
        ("use tabs in Makefiles from now on", "use tabs in Makefiles from now on"),
        ("Remember to bump the changelog with each release", "Remember to bump the changelog with each release"),
        ("remember that we deploy only on Mondays", "remember that we deploy only on Mondays"),
        ("don't ever edit generated files by hand", "don't ever edit generated files by hand"),
        ("You should always ask before deleting branches", "You should always ask before deleting branches"),
        ("When you commit, always sign the commit message", "When you commit, always sign the commit message"),
        ("next time run the integration tests too", "next time run the integration tests too"),
        ("Looks good.\n- never use force push on shared branches\nbye", "never use force push on shared branches"),
        ("from now on you must quote every path in scripts", "from now on you must quote every path in scripts"),
        ("I want you to always explain the cause first", "I want you to always explain the cause first"),
        ("make sure you always run the type checker", "make sure you always run the type checker"),
    ])
    func `keeps what a person plainly directed, in their words`(words: String, kept: String) async throws {
        let changes = try await Self.said(words)

        #expect(changes.map(\.quote) == [kept])
        #expect(changes.first?.tentative == nil)
        #expect(changes.first?.events == [3])
        #expect(changes.first?.name.hasPrefix("feedback-") == true)
        #expect(changes.first.flatMap { EntryName($0.name) } != nil)
        #expect((changes.first?.description.count ?? 999) <= 140)
    }

    @Test(arguments: [
        "no", "actually, use the other one", "use a switch instead", "don't always run the tests",
        "I can't always be there",
        "I have never seen this error", "I've always wondered why", "it always fails on CI",
        "why do you always rewrite the file?",
        "should I always run the linter first?", "always fails for me on linux", "never mind the warning there",
        "never works with docker",
        "the tests never finish in time", "can you always add a test?", "from now on it works",
        "in future it will be faster",
        "it never worked", "always do that", "never do this again", "always be careful", "we always deploy on Mondays",
        "this time always use the cache", "for now never touch the parser file", "always use the old parser in this PR",
        "he said \"always use tabs\"", "\"always use tabs everywhere\" is what the doc says",
        "the rule is to never commit secrets, I think",
        "please add a test for the parser", "looks good, thanks", "add the flags too",
        "give me a build command that sets the version",
        "no, that's wrong", "what does remember to do mean?", "I remember that we had this before",
        "do you remember to lint?",
        "next time it fails I will look", "if there is an error, always exit with code 1",
        "Always a pleasure working with you", "never again such a mess of code",
        "exit", "yes",
    ])
    func `stores nothing it would have to guess`(words: String) async throws {
        #expect(try await Self.said(words).map(\.quote) == [])
    }

    @Test func `takes no directive from the first turn, pasted output, tools, agents or the host`() async throws {
        let words = "always run make lint before you commit"
        let reply = try await Self.changes([
            Self.event(1, .user, .message, words), Self.event(2, .tool, .toolResult, words),
            Self.event(3, .agent, .message, words),
            Self.event(4, .harness, .notice, words), Self.event(5, .harness, .interruption, words),
        ])

        #expect(reply.memoryChanges.isEmpty)
        #expect(reply.reasoning == "Nobody directed anything in words that would hold beyond this job.")
    }

    @Test func `proposes a refusal with words and never states it as a rule`() async throws {
        let reply = try await Self.changes([
            Self.event(1, .user, .message, "Plan the change"),
            Self.event(
                2,
                .user,
                .correction,
                "can you use a switch\ninstead of if/else",
                Event.Tool(name: "ExitPlanMode")
            ),
            Self.event(3, .user, .correction, "no", Event.Tool(name: "Edit")),
        ])

        #expect(reply.memoryChanges.count == 1)
        #expect(reply.memoryChanges.first?.tentative == true)
        #expect(reply.memoryChanges.first?.quote == "can you use a switch instead of if/else")
        #expect(
            reply.memoryChanges.first?.description
                == "When the agent used ExitPlanMode, the person said: can you use a switch instead of if/else"
        )
    }

    private static func recovery(error: String = "a.go:3: error is unwrapped (wrapcheck)") -> [Event] {
        [
            event(1, .user, .message, "Fix it"),
            event(2, .agent, .toolCall, "mise run fmt && mise run lint", .init(name: "Bash", callID: "1")),
            event(3, .tool, .toolResult, "Exit code 1\n\(error)", .init(name: "Bash", callID: "1", isError: true)),
            event(4, .agent, .toolCall, "a.go", .init(name: "Edit", callID: "2")),
            event(5, .agent, .toolCall, "mise run lint", .init(name: "Bash", callID: "3")),
            event(6, .tool, .toolResult, "0 issues", .init(name: "Bash", callID: "3")),
        ]
    }

    @Test func `proposes a recovered error of a job that is known to have succeeded`() async throws {
        let reply = try await Self.changes(Self.recovery(), outcome: JobOutcome(.succeeded))

        let change = try #require(reply.memoryChanges.first)
        #expect(change.tentative == true)
        #expect(change.events == [3, 6])
        #expect(change.type == "project")
        #expect(change.description == "mise run lint failed: a.go:3: error is unwrapped (wrapcheck)")
    }

    @Test(arguments: [JobOutcome.unknown, JobOutcome(.succeeded, inferred: "thanks"), JobOutcome(.failed)])
    func `proposes no recovered error where success is not known`(outcome: JobOutcome) async throws {
        #expect(try await Self.changes(Self.recovery(), outcome: outcome).memoryChanges.isEmpty)
    }

    @Test(arguments: [
        "File has been modified since read", "Found 2 matches of the string", "Sibling tool call errored",
    ])
    func `takes no lesson from errors of the host`(error: String) async throws {
        var events = Self.recovery()
        events[2].text = "<tool_use_error>\(error)</tool_use_error>"
        #expect(try await Self.changes(events, outcome: JobOutcome(.succeeded)).memoryChanges.isEmpty)
    }

    @Test func `learns nothing from the words of a customer`() async throws {
        let events = [
            Self.event(1, .user, .message, "Hi"), Self.event(2, .user, .message, "always use my gift card first"),
            Self.event(3, .user, .correction, "use the other card instead", Event.Tool(name: "pay")),
        ]
        #expect(try await Self.changes(events, counterpart: .other).memoryChanges.isEmpty)
    }

    @Test func `says that a failed job does not say why`() async throws {
        let reply = try await Self.changes([Self.event(1, .user, .message, "Fix it")], outcome: JobOutcome(.failed))
        #expect(reply.reasoning == "The job failed, but its log does not say why.")
    }

    @Test func `answers the same twice`() async throws {
        let first = try await Self.changes(Self.recovery(), outcome: JobOutcome(.succeeded))
        #expect(try await Self.changes(Self.recovery(), outcome: JobOutcome(.succeeded)) == first)
    }
}
