// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Testing

/// A transcript that went on after it was reflected on.
@Suite struct `A continuation` {
    private static let activity = Activity(
        format: "test",
        events: [
            Event(number: 1, actor: .user, kind: .message, text: "Fix the date bug", line: 1),
            Event(number: 2, actor: .user, kind: .message, text: "From now on, always run the linter first", line: 2),
            Event(number: 3, actor: .agent, kind: .message, text: "Done.", line: 3),
            Event(number: 4, actor: .user, kind: .message, text: "From now on, always write a changelog line", line: 4),
            Event(number: 5, actor: .agent, kind: .message, text: "Written.", line: 5),
        ]
    )
    private static let job = Job(id: Job.ID("session"), outcome: JobOutcome(.succeeded))
    private static let state = UserState(user: .me, scope: .global, moment: .distantPast)

    private func inputs(_ job: Job, settings: Settings = Settings()) -> ReflectionInputs {
        ReflectionInputs(job: job, activity: Self.activity, state: Self.state, settings: settings)
    }

    @Test func `is a job of its own, named by its first new event`() {
        let job = Self.job.continued(from: 4)

        #expect(job.id == Job.ID("session#4"))
        #expect(job.firstNewEvent == 4)
    }

    @Test func `may cite new events only, whoever reflects`() {
        let inputs = inputs(Self.job.continued(from: 4))

        #expect(inputs.base.citable == [4, 5])
        #expect(inputs.wholeBase.citable == [4, 5])
        #expect(self.inputs(Self.job).wholeBase.citable == nil)
    }

    @Test func `tells the model what is context, and shows it where there is room`() {
        let prompt = ReflectionPrompt(inputs(Self.job.continued(from: 4)))

        #expect(prompt.user.contains("Cite only events from #4 on."))
        #expect(prompt.user.contains("#2 user: From now on, always run the linter first"))
        #expect(!ReflectionPrompt(inputs(Self.job)).user.contains("Cite only events from"))
    }

    @Test func `gives new events the room before old ones`() {
        let digest = Digest(Self.activity, maxBytes: 180, firstNewEvent: 4)

        #expect(digest.events.isSuperset(of: [1, 4]))
        #expect(!digest.events.contains(2))
    }

    @Test func `learns nothing a second time`() async throws {
        let reply = try await OfflineReflector().reflect(ReflectionPrompt(inputs(Self.job.continued(from: 4))))
        let proposal = try Proposal(reply, piece: nil)

        #expect(proposal.changes.map(\.events) == [[4]])
    }
}
