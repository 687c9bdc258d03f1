// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import MaestroTranscripts
import Testing

/// What right looks like on real sessions: reflected on offline, and with the reply of a good model.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct `Real jobs` {
    /// One job as the command line makes it: imported, redacted, with a project of its own.
    struct Case: Sendable {
        let job: Job
        let activity: Activity

        init(_ transcript: Transcript, piece: String? = nil) {
            activity = Redactor.standard.redacting(transcript.activity)
            job = Job(
                id: Job.ID(transcript.jobID),
                scope: .project("github.com/acme/app"),
                piece: piece,
                counterpart: transcript.counterpart,
                task: transcript.task,
                outcome: transcript.outcome
            )
        }

        init(_ name: String, outcome: JobOutcome? = nil) throws {
            let path = "claude-code/\(name).jsonl"
            let transcripts = try TranscriptReader.read(try SharedData.bytes(of: path), name: path)
            var transcript = try #require(transcripts.first)
            if let outcome { transcript.outcome = outcome }
            self.init(transcript)
        }

        var state: UserState { UserState(user: .me, scope: job.scope, moment: .distantPast) }

        func offline() async throws -> Judgement {
            let inputs = ReflectionInputs(job: job, activity: activity, state: state)
            let reply = try await OfflineReflector().reflect(ReflectionPrompt(inputs))
            return judged(try Proposal(reply, piece: job.piece), inputs.wholeBase)
        }

        func judging(_ changes: [Reply.MemoryChange]) throws -> Judgement {
            let inputs = ReflectionInputs(job: job, activity: activity, state: state)
            let text = String(
                decoding: try JSONEncoder().encode(Reply(reasoning: "r", memoryChanges: changes)),
                as: UTF8.self
            )
            return judged(try Proposal(ReflectorReply(text: text), piece: job.piece), inputs.base)
        }

        private func judged(_ proposal: Proposal, _ base: Base) -> Judgement {
            Judge(JudgePolicy()).decide(proposal, base: base, job: job, activity: activity, now: state)
        }

        /// Numbers of the events at a line of the source.
        func events(atLine line: Int) -> [Int] { activity.events.filter { $0.line == line }.map(\.number) }
    }

    private static func change(
        _ type: EntryType,
        _ name: String,
        _ description: String,
        events: [Int],
        quote: String = ""
    ) -> Reply.MemoryChange {
        Reply.MemoryChange(
            op: "add",
            name: name,
            type: type.rawValue,
            description: description,
            body: "\(description). **Why:** it came up in a job. **How to apply:** in work on this project.",
            events: events,
            quote: quote
        )
    }

    // MARK: - Offline

    @Test func `about a switch give one waiting proposal with the person's words`() async throws {
        let judgement = try await Case("7e-d4051c8a85-0").offline()

        #expect(judgement.decisions.map(\.verdict) == [.waiting])
        let decision = try #require(judgement.decisions.first)
        #expect(decision.evidence.map(\.line) == [35])
        guard case .memory(let change) = decision.proposed?.change else { throw TestFailure() }
        #expect(change.body.contains("can you use a switch case instead of linked"))
    }

    struct TestFailure: Error {}

    @Test(arguments: [
        "28-a8bc758709-0", "30-e81e82f6ba-0", "60-1ac0eb4d69-0", "ca-fca7ea73ac-0", "claude-code-log-edge_cases",
        "claude-code-log-representative_messages", "simonw-sample_session",
    ])
    func `in which nobody directs anything give nothing offline`(name: String) async throws {
        #expect(try await Case(name).offline().decisions.isEmpty)
    }

    @Test func `that are known to have succeeded propose the linter's pair, never the host's errors`() async throws {
        let judgement = try await Case("28-a8bc758709-0", outcome: JobOutcome(.succeeded)).offline()

        #expect(judgement.decisions.map(\.verdict) == [.waiting])
        #expect(judgement.decisions.first?.evidence.map(\.line) == [33, 41])
    }

    @Test func `with customers, one hundred of them, give nothing offline`() async throws {
        for transcript in try Self.airline() {
            let judgement = try await Case(transcript, piece: nil).offline()
            #expect(judgement.decisions.isEmpty, "\(transcript.jobID)")
        }
    }

    private static func airline() throws -> [Transcript] {
        let path = "tau-airline/gpt-4o-airline-trials-0-1.json"
        return try TranscriptReader.read(try SharedData.bytes(of: path), name: path)
    }

    // MARK: - A good model

    @Test func `about a switch teach it with the quote of the correction`() throws {
        let job = try Case("7e-d4051c8a85-0")
        let judgement = try job.judging([
            Self.change(
                .feedback,
                "feedback-go-switch-for-errors",
                "Go error kinds: use a switch rather than chained if/else",
                events: job.events(atLine: 35),
                quote: "can you use a switch case instead of linked"
            )
        ])

        #expect(judgement.decisions.map(\.verdict) == [.accepted])
        #expect(judgement.decisions.first?.scope == .project("github.com/acme/app"))
    }

    @Test func `about a linter's rule wait, since only a tool says it`() throws {
        let job = try Case("28-a8bc758709-0")
        let judgement = try job.judging([
            Self.change(
                .project,
                "project-wrapcheck-wraps-errors",
                "golangci-lint's wrapcheck wants errors from other packages wrapped",
                events: job.events(atLine: 33)
            )
        ])

        #expect(judgement.decisions.map(\.verdict) == [.waiting])
        #expect(judgement.decisions.map(\.code) == [.untrustedEvidence])
    }

    @Test func `about review comments teach where they are read`() throws {
        let job = try Case("60-1ac0eb4d69-0")
        let judgement = try job.judging([
            Self.change(
                .reference,
                "reference-how-review-comments-read",
                "PR comments: read them with the host's command line; check the branch matches first",
                events: job.events(atLine: 4),
                quote: "can you take a look at the PR comments?"
            )
        ])

        #expect(judgement.decisions.map(\.verdict) == [.accepted])
    }

    // MARK: - Never

    @Test(arguments: [
        ("7e-d4051c8a85-0", 21, ""), ("7e-d4051c8a85-0", 44, ""), ("7e-d4051c8a85-0", 50, ""),
        ("ca-fca7ea73ac-0", 38, ""),
        ("7e-d4051c8a85-0", 35, "the user rejects plans"),
    ])
    func `never rest a change on the host's words or on a quote nobody said`(
        name: String,
        line: Int,
        quote: String
    ) throws {
        let job = try Case(name)
        let judgement = try job.judging([
            Self.change(
                .feedback,
                "feedback-plans-are-refused",
                "Plans: the user rejects them",
                events: job.events(atLine: line),
                quote: quote
            )
        ])

        #expect(judgement.decisions.map(\.verdict) == [.rejected])
    }

    @Test func `of customers never leave a name, a number or a reservation behind`() throws {
        let transcript = try #require(try Self.airline().first)
        let job = Case(transcript)
        let turn = try #require(job.activity.events.first { $0.text.contains("mia_li_3668") })

        for description in [
            "Mia Li likes to fly at noon", "User mia_li_3668 pays by certificate", "Card 7447 is used last",
        ] {
            let judgement = try job.judging([
                Self.change(.reference, "reference-a-customer-fact", description, events: [turn.number])
            ])
            #expect(judgement.decisions.map(\.verdict) != [.accepted], "\(description)")
        }
        let judgement = try job.judging([
            Self.change(.user, "user-who-they-are", "The person likes to fly at noon", events: [turn.number])
        ])
        #expect(judgement.decisions.map(\.code) == [.personalData])
    }
}
