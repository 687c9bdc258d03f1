// SPDX-License-Identifier: Apache-2.0
#if Postgres
package import Maestro
import Foundation

extension PostgresStore {
    /// Jobs that one statement inserts.
    private static let batch = 500

    /// What is submitted, with its activity as the text that is kept.
    private struct Submitted: Sendable {
        var found: FinishedJob
        let text: String

        var job: Job { found.job }
        var events: Int { found.activity.sourceEvents }
        var key: GrowthTable.Key { GrowthTable.Key(user: job.user, id: job.id) }

        init(_ found: FinishedJob) throws {
            self.found = found
            text = try JSONText.encoding(found.activity)
        }
    }

    package func submit(_ jobs: [FinishedJob]) async throws -> [Submission] {
        guard !jobs.isEmpty else { return [] }
        // Encoded before the transaction, which others wait for.
        let submitted = try jobs.map { try Submitted($0) }
        var notice = Notice(self)
        return try await transaction { transaction in
            let answers = try await submit(submitted, in: transaction)
            if answers.contains(where: \.isNew) { try await notice.send(in: transaction) }
            return answers
        }
    }

    /// What nobody has seen is inserted all at once; the rest is looked at one by one.
    private func submit(_ submitted: [Submitted], in transaction: Transaction) async throws -> [Submission] {
        let users = Set(submitted.map(\.job.user))
        let moment = try await UserTable.lock(users, at: givenTime, in: transaction)
        var submitted = submitted
        for (index, id) in try await GrowthTable.longest(of: submitted.map(\.found), in: transaction) {
            submitted[index].found.job.id = id
        }
        var known = try await GrowthTable.known(Set(submitted.map(\.key)), in: transaction)
        var new: [Int] = []
        for (index, item) in submitted.enumerated() where known.insert(item.key).inserted { new.append(index) }
        var answers = [Submission?](repeating: nil, count: submitted.count)
        for start in stride(from: 0, to: new.count, by: Self.batch) {
            let part = new[start..<min(start + Self.batch, new.count)]
            let added = try await insert(part.map { submitted[$0] }, at: moment, in: transaction)
            for index in part {
                let item = submitted[index]
                answers[index] = added.contains(item.key) ? .queued(item.job.id) : .existing(item.job.id, .queued)
            }
        }
        for (index, item) in submitted.enumerated() where answers[index] == nil {
            answers[index] = try await submitAgain(item, at: moment, in: transaction)
        }
        return answers.compactMap(\.self)
    }

    private func insert(
        _ submitted: [Submitted],
        at moment: Date,
        in transaction: Transaction
    ) async throws -> Set<GrowthTable.Key> {
        let rows = try submitted.map { try GrowthTable.NewJob($0.job, activity: $0.text, events: $0.events) }
        return try await GrowthTable.insert(rows, at: moment, in: transaction)
    }

    /// A job whose id is known.
    private func submitAgain(
        _ submitted: Submitted,
        at moment: Date,
        in transaction: Transaction
    ) async throws -> Submission {
        let job = submitted.job
        guard let newest = try await GrowthTable.newest(of: job.id, user: job.user, in: transaction) else {
            let added = try await insert([submitted], at: moment, in: transaction)
            return added.isEmpty ? .existing(job.id, .queued) : .queued(job.id)
        }
        let text = try await ActivityTable.text(of: newest.job.id, user: job.user, in: transaction)
        // The same once more is what is submitted most often, and reading it would take the longest here.
        if text == submitted.text { return .existing(newest.job.id, newest.state) }
        let known = JSONText.readable(Activity.self, in: text)
        switch Growth(of: submitted.found.activity, since: known, with: newest.events) {
        case .none:
            if known == nil, newest.state != .done, submitted.events == newest.events {
                // Forgotten or damaged meanwhile: it can be brought back again.
                try await keep(submitted, as: newest.job.id, in: transaction)
            }
            return .existing(newest.job.id, newest.state)
        case .otherTranscript:
            var other = submitted
            other.found = submitted.found.underOwnID
            // Two that have this id, too, in common open with the same words, and are one to us.
            return try await submitAgain(other, at: moment, in: transaction)
        case .goesOn(let first):
            switch newest.state {
            case .queued where newest.attempt == 0, .dead, .cancelled:
                try await replace(newest, with: submitted, in: transaction)
                return .grown(newest.job.id, newest.state)
            case .queued, .running, .done:
                var continuation = submitted
                continuation.found.job = job.continued(from: first)
                let added = try await insert([continuation], at: moment, in: transaction)
                guard !added.isEmpty else { return .existing(newest.job.id, newest.state) }
                return .continued(continuation.job.id, from: first)
            }
        }
    }

    private func keep(_ submitted: Submitted, as id: Job.ID, in transaction: Transaction) async throws {
        try await ActivityTable.keep(
            submitted.text,
            events: submitted.events,
            of: id,
            user: submitted.job.user,
            in: transaction
        )
    }

    /// The longer activity takes the place of the shorter, and a reply that was built from the shorter goes with it.
    private func replace(
        _ newest: JobTable.Standing,
        with submitted: Submitted,
        in transaction: Transaction
    ) async throws {
        var job = newest.job
        job.outcome = submitted.job.outcome
        job.endedAt = submitted.job.endedAt
        job.task = submitted.job.task
        try await JobTable.replaceBody(of: job, in: transaction)
        try await keep(submitted, as: job.id, in: transaction)
        try await transaction.run(ReplyTable.erasingText(for: newest.reflection))
    }
}
#endif
