// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

@Suite struct `The offline reflector` {
    static func event(
        _ number: Int,
        _ actor: Event.Actor,
        _ kind: Event.Kind,
        _ text: String,
        _ tool: Event.Tool? = nil
    ) -> Event {
        Event(number: number, actor: actor, kind: kind, text: text, tool: tool, line: number)
    }

    static func changes(
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
        ("always write tests", "always write tests"),
        ("please never add yourself as co-author", "never add yourself as co-author"),
        ("always reply in English", "always reply in English"),
        ("From now on: use uv instead of pip", "From now on: use uv instead of pip"),
        ("use uv instead of pip from now on, thanks", "use uv instead of pip from now on, thanks"),
        (
            "whenever you add a flag, always document it in the README",
            "whenever you add a flag, always document it in the README"
        ),
        ("always include tests with a change", "always include tests with a change"),
        ("Remember to never commit the .env file", "Remember to never commit the .env file"),
        ("never commit directly to main", "never commit directly to main"),
        ("Always explicitly state the units in comments", "Always explicitly state the units in comments"),
        ("never ever force-push to a shared branch", "never ever force-push to a shared branch"),
        ("from now on use pnpm in this repo", "from now on use pnpm in this repo"),
        ("from now on only use pnpm", "from now on only use pnpm"),
        ("1. Always squash commits before merging", "Always squash commits before merging"),
        ("before you push, always run the full suite", "before you push, always run the full suite"),
        ("don't push to main in the future", "don't push to main in the future"),
        ("lgtm, from now on let's use conventional commits", "from now on let's use conventional commits"),
        ("remember that the staging database is read-only", "remember that the staging database is read-only"),
        ("always run `swift test`; thanks", "always run `swift test`"),
        ("Never use `any` in TypeScript", "Never use `any` in TypeScript"),
        ("always use single quotes", "always use single quotes"),
        ("never commit unless I ask you to", "never commit unless I ask you to"),
        ("always run the whole suite when pushing", "always run the whole suite when pushing"),
        ("For the future:\n- always run make lint before you commit", "always run make lint before you commit"),
        ("Fix these:\n- the typo\n\nAlways run make lint before you push", "Always run make lint before you push"),
        ("always run make lint before you commit\nthanks", "always run make lint before you commit"),
        ("No, never mock the database in integration tests.", "never mock the database in integration tests"),
        (
            "always run the formatter over every file\nthat you have touched before you commit",
            "always run the formatter over every file that you have touched before you commit"
        ),
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
        // Half a sentence is no clause.
        "why does it\nalways run the linter twice\nwhen I commit?", "the tests\nnever finish in time on my machine",
        // What a program does, not the agent.
        "always sort the list by name", "never show the banner to guests", "always return the newest version first",
        "always check if the user is logged in", "always keep the header visible when scrolling",
        "always include the id in the response", "always validate the email",
        "remember to close the handle after writing",
        "In the future, add support for plugins", "when the user logs in, always redirect to the dashboard",
        "remember that the function returns a promise", "remember that you promised to fix the parser",
        // No verb behind the trigger, or one that nobody orders.
        "always the same error on CI", "always some error on CI", "never any errors on CI",
        "always broken on my machine",
        "always slow on Linux", "never quite works on Linux", "never really understood why it fails",
        "always one test failing", "you should always see the banner", "from now on you should see the new output",
        "in future you need less time for builds", "next time you see it, tell me",
        // What it points at is gone when it is read.
        "use this one from now on", "use the new one next time", "always run it with -race", "always use this linter",
        "from now on keep this file sorted", "let's keep that in mind for the future", "always do it like this",
        "never do that before a commit", "in future put those in a folder",
        "Please never use force push for this", "From now on, use the name `count` in the loop above",
        "next time include the diff in your answer to question 3", "Going forward, use ticket PROJ-1234 for commits",
        "never push to #42 without a review",
        "Never merge PR 17", "always use the main branch for this ticket",
        "never ever write such a long function again",
        "remember that we have a meeting tomorrow", "Always run tests first, they told me",
        "from now on use your own judgement", "Always ask yourself what the user wants",
        "From now on use the following prompt",
        // An errand, not a rule.
        "remember to run make lint now", "remember to commit your changes when done",
        "Remember to update the changelog",
        // A condition on a program.
        "always use the cache when the key is set, otherwise fetch it from the database",
        "Never write to the log file if the disk is full", "never use more than 3 retries when calling the service",
        // Style of what is built, sayings, jokes, and what is taken back.
        "also always use blue for the button", "Always use the force, Luke", "next time use your brain",
        "Never use a sledgehammer to crack a nut, as they say", "never deploy on Fridays lol",
        "you should always add an index to a foreign key column, I think", "Always use tabs in Makefiles, right",
        "Always run make lint before you commit, said nobody ever", "never push to main without asking me, except now",
        "always write tests for the parser, then fix it, then we are done",
        // Words that a line hands over to somebody else.
        "Here is the spec:\nAlways test the login page before a merge.\nNever write tests for getters.",
        "Please add this to the README:\n\nAlways run make lint before you commit.",
        "---\nname: x\n---\nFrom now on, always run make lint before you commit",
        "Issue #12: Linting\n\nAlways run make lint before you commit.\n\nCan you implement that?",
        "Subject: rules\n\nHi Ada,\nplease always run make lint before you commit.",
        "<context>\nFrom now on, always run make lint before you commit\n</context>\nwhat do you think?",
        // Generic advice.
        "always write clean code", "always check your work", "always use the best approach", "always try again",
        // This job alone.
        "always use tabs here", "never touch the parser in this branch", "always use mocks for these tests",
        "never run migrations until I say so", "in this session always reply in German",
        "I told you: never use tabs", "my boss says always use tabs in Makefiles", "The README says: always use tabs",
        "Add a rule: always use tabs in Makefiles", "Always use of tabs is bad", "You always forget to run the linter",
        "I always use pnpm", "make sure the tests always pass", "could you always run the linter",
        // Other voices, documents, secrets.
        "> always use tabs in Makefiles", "'always use tabs in Makefiles'", "«always use tabs in Makefiles»",
        "## Rules\n- always use tabs in Makefiles", "int main() {\n* always free the buffer memory\n}",
        "    always use tabs in Makefiles", "always use the token [secret:github-token] for pushes",
        "always use the test database password hunter2 for tests",
        "remember that bug we had yesterday", "remember that time with the parser", "remember when we broke it",
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

    @Test(arguments: [
        ("no", false), ("not now", false), ("wait a second", false),
        ("stop, I'll do it myself", false),
        ("why do you edit this file?", false), ("what is that for?", false), ("try again later please", false),
        ("use Redis", true), ("use Redis for the cache", true), ("can you use a switch instead of if/else?", true),
        ("what? the parser belongs into its own module", true), ("the tests must not touch the network", true),
        ("use the deploy key [secret:github-token] for the upload", false),
    ])
    func `proposes a refusal only where its words say what to do`(words: String, proposes: Bool) async throws {
        let reply = try await Self.changes([
            Self.event(1, .user, .message, "Plan"),
            Self.event(2, .user, .correction, words, Event.Tool(name: "Edit")),
        ])
        #expect(reply.memoryChanges.count == (proposes ? 1 : 0))
    }

    @Test func `names and describes by the point, and keeps the words`() async throws {
        let change = try #require(try await Self.said("ok, from now on always run `make lint` before you commit").first)

        #expect(change.name == "feedback-always-run-make-lint-before-commit")
        #expect(change.description == "Always run `make lint` before you commit")
        #expect(change.body.hasPrefix("From now on always run `make lint` before you commit.\n"))
        #expect(change.quote == "from now on always run `make lint` before you commit")
    }

    @Test func `keeps the last word of a person who changed their mind`() async throws {
        var events = [Self.event(1, .user, .message, "Fix the bug")]
        let turns = [
            "Always use tabs in Makefiles", "from now on, always run make lint before you commit",
            "From now on run make lint before you commit!", "never run make lint before you commit",
        ]
        for (index, words) in turns.enumerated() { events.append(Self.event(index + 2, .user, .message, words)) }

        #expect(
            try await Self.changes(events).memoryChanges.map(\.description) == [
                "Always use tabs in Makefiles", "Never run make lint before you commit",
            ]
        )
    }

    @Test(arguments: [
        ("From now on, please don't add comments to the code", "Don't add comments to the code"),
        ("always run `make lint` before you commit 🙏", "Always run `make lint` before you commit"),
        ("use uv instead of pip from now on, thanks", "Use uv instead of pip"),
        ("Always use conventional commits, e.g. feat: add x", "Always use conventional commits, e.g. feat: add x"),
        ("always document new flags in the README pls", "Always document new flags in the README"),
    ])
    func `leaves out what was said around it`(words: String, description: String) async throws {
        #expect(try await Self.said(words).map(\.description) == [description])
    }

    @Test func `confirms an entry that says so already`() async throws {
        let name = try #require(EntryName("feedback-lint"))
        let text = "Always run make lint before you commit."
        let path = DocumentPath.entry(.project("p"), stem: name)
        let entry = MemoryEntry(
            name: name,
            scope: .project("p"),
            document: Document(path: path, text: text),
            description: "Lint: before a commit",
            type: .feedback,
            body: text
        )
        let events = [
            Self.event(1, .user, .message, "Fix the bug"),
            Self.event(2, .user, .message, "ok, always run make lint before you commit!"),
            Self.event(3, .user, .message, "and never run make lint before you commit the docs"),
        ]

        let job = Job(id: Job.ID("j"), scope: .project("p"))
        let activity = Activity(format: "test", events: events)
        let state = UserState(user: .me, scope: job.scope, entries: [entry], moment: .distantPast)
        let inputs = ReflectionInputs(job: job, activity: activity, state: state)
        let reply = try await OfflineReflector().reflect(ReflectionPrompt(inputs))
        let judgement = Judge(JudgePolicy()).decide(
            try Proposal(reply, piece: nil),
            base: inputs.wholeBase,
            job: job,
            activity: activity,
            now: state
        )

        #expect(judgement.decisions.map(\.operation) == [.confirm, .add])
        #expect(judgement.decisions.map(\.verdict) == [.accepted, .accepted])
        #expect(judgement.decisions.first?.name == "feedback-lint")
        #expect(judgement.decisions.first?.evidence.map(\.event) == [2])
    }

    @Test func `lets a directive wait that an entry contradicts`() async throws {
        let name = try #require(EntryName("feedback-lint"))
        let text = "Always run make lint before you commit."
        let entry = MemoryEntry(
            name: name,
            scope: .project("p"),
            document: Document(path: .entry(.project("p"), stem: name), text: text),
            description: "Lint: before a commit",
            type: .feedback,
            body: text
        )
        let events = [
            Self.event(1, .user, .message, "Fix the bug"),
            Self.event(2, .user, .message, "never run make lint before you commit"),
        ]
        let job = Job(id: Job.ID("j"), scope: .project("p"))
        let state = UserState(user: .me, scope: job.scope, entries: [entry], moment: .distantPast)
        let inputs = ReflectionInputs(job: job, activity: Activity(format: "test", events: events), state: state)

        let reply = try await OfflineReflector().reflect(ReflectionPrompt(inputs))
        let changes = try JSONDecoder().decode(Reply.self, from: Data(reply.text.utf8)).memoryChanges
        #expect(changes.map(\.op) == ["add"])
        #expect(changes.map(\.tentative) == [true])
    }

    @Test func `proposes at most three changes, plain directives first`() async throws {
        var events = [Self.event(1, .user, .message, "Fix the bug")]
        events.append(Self.event(2, .user, .correction, "use Redis for the cache", Event.Tool(name: "Edit")))
        for (index, tool) in ["make lint", "make test", "make docs", "make bench"].enumerated() {
            events.append(Self.event(3 + index, .user, .message, "always run \(tool) before you push"))
        }

        let changes = try await Self.changes(events).memoryChanges

        #expect(changes.map(\.events) == [[3], [4], [5]])
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
