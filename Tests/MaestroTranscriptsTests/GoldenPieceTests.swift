// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import MaestroTranscripts
import Testing

/// What one hundred jobs with customers should teach: a piece, not a memory of customers.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct `Jobs with customers` {
    private static let yaml = """
        maestro: 1
        name: book-flights
        counterpart: other
        guidance:
          - The policy decides.
        start: serve
        steps:
          - id: serve
            instruction: Serve the customer.
            run: { permission: edit }
            next: [{ when: done, go: COMPLETE }]

        """

    @Test func `propose guidance for the piece, which a person accepts on the state of that moment`() throws {
        let path = "tau-airline/gpt-4o-airline-trials-0-1.json"
        let transcripts = try TranscriptReader.read(try SharedData.bytes(of: path), name: path)
        let transcript = try #require(
            transcripts.first { $0.activity.events.contains { $0.isHumanTurn && $0.text.contains("checked bag") } }
        )
        let name = try #require(PieceName("book-flights"))
        let pieces = PieceCatalog(builtin: [name: Self.yaml])
        let job = Job(
            id: Job.ID(transcript.jobID),
            piece: "book-flights",
            counterpart: transcript.counterpart,
            outcome: transcript.outcome
        )
        let state = UserState(user: .me, scope: .global, pieces: pieces, moment: .distantPast)
        let inputs = ReflectionInputs(job: job, activity: transcript.activity, state: state)
        let turn = try #require(inputs.activity.events.first { $0.isHumanTurn && $0.text.contains("checked bag") })
        let rule = "Ask for the number of bags and apply the free allowance before pricing."
        let reply = Reply(
            reasoning: "Bags were priced without the allowance.",
            pieceEdit: .init(
                why: "The allowance was forgotten.",
                events: [turn.number],
                edits: [.init(field: "guidance", old: "", new: rule)]
            )
        )
        let text = String(decoding: try JSONEncoder().encode(reply), as: UTF8.self)
        let judge = Judge(JudgePolicy())
        let proposal = try Proposal(ReflectorReply(text: text), piece: job.piece)

        let judgement = judge.decide(proposal, base: inputs.wholeBase, job: job, activity: inputs.activity, now: state)
        let waiting = try #require(judgement.decisions.first)
        let accepted = judge.decideAgain(
            waiting,
            base: inputs.wholeBase,
            job: job,
            activity: inputs.activity,
            now: state
        )

        #expect(judgement.decisions.map(\.verdict) == [.waiting])
        #expect(waiting.code == .needsReview)
        #expect(accepted.verdict == .accepted)
        let written = try #require(accepted.writes.first?.after)
        #expect(try Piece(yaml: written).guidance == ["The policy decides.", rule])
        #expect(PieceCatalog.originHash(of: written) == ContentHash(of: Self.yaml))
    }
}
