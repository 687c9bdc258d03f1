// SPDX-License-Identifier: Apache-2.0
#if Postgres
package import Maestro
import Foundation

extension PostgresStore {
    /// Jobs that one statement inserts.
    private static let batch = 500

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

    package func previewSubmission(of found: FinishedJob) async throws -> Submission {
        let submitted = try Submitted(found)
        return try await transaction { try await placement(of: submitted, in: $0).submission }
    }

    /// What has a name and nobody has seen is inserted all at once; the rest is looked at one by one.
    private func submit(_ submitted: [Submitted], in transaction: Transaction) async throws -> [Submission] {
        let users = Set(submitted.map(\.job.user))
        let moment = try await UserTable.lock(users, at: givenTime, in: transaction)
        var known = try await GrowthTable.known(Set(submitted.map { GrowthTable.Key(of: $0.job) }), in: transaction)
        var new: [Int] = []
        for (index, item) in submitted.enumerated() where item.found.earlierIDs.isEmpty {
            if known.insert(GrowthTable.Key(of: item.job)).inserted { new.append(index) }
        }
        var answers = [Submission?](repeating: nil, count: submitted.count)
        for start in stride(from: 0, to: new.count, by: Self.batch) {
            let part = new[start..<min(start + Self.batch, new.count)]
            let added = try await insert(part.map { submitted[$0] }, at: moment, in: transaction)
            for index in part {
                let item = submitted[index]
                answers[index] =
                    added.contains(GrowthTable.Key(of: item.job))
                    ? .queued(item.job.id) : .existing(item.job.id, .queued)
            }
        }
        for (index, item) in submitted.enumerated() where answers[index] == nil {
            answers[index] = try await submit(item, at: moment, in: transaction)
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

    private func submit(
        _ submitted: Submitted,
        at moment: Date,
        in transaction: Transaction
    ) async throws -> Submission {
        let placement = try await placement(of: submitted, in: transaction)
        switch placement {
        case .existing(let known):
            if known.lacksActivity, known.state != .done {
                // Forgotten or damaged meanwhile: it can be brought back again.
                try await keep(submitted, as: known.job.id, at: moment, in: transaction)
            }
        case .replaces(let known): try await replace(known.job, with: submitted, at: moment, in: transaction)
        case .continues(let job, _), .new(let job):
            var placed = submitted
            placed.found.job = job
            let added = try await insert([placed], at: moment, in: transaction)
            guard !added.isEmpty else { return .existing(job.id, .queued) }
        }
        return placement.submission
    }

    private func placement(of submitted: Submitted, in transaction: Transaction) async throws -> Placement {
        let found = submitted.found
        for id in try await GrowthTable.known(of: found, in: transaction) {
            let standings = try await GrowthTable.chain(of: id, user: found.job.user, in: transaction)
            if let unreadable = standings.first(where: { !$0.isReadable }) {
                return .existing(submitted.standing(behind: unreadable.job, unreadable.state))
            }
            var chain: [KnownJob] = []
            for standing in standings {
                let kept = try await ActivityTable.text(of: standing.job.id, user: found.job.user, in: transaction)
                chain.append(
                    submitted.known(
                        standing.job,
                        standing.state,
                        attempt: standing.attempt,
                        events: standing.events,
                        kept: kept
                    )
                )
            }
            if let placement = submitted.placement(in: id, among: chain) { return placement }
            // The id is another transcript's.
            if found.earlierIDs.isEmpty {
                return try await self.placement(of: Submitted(found.underOwnID), in: transaction)
            }
        }
        return .new(found.job)
    }

    private func keep(
        _ submitted: Submitted,
        as id: Job.ID,
        at moment: Date,
        in transaction: Transaction
    ) async throws {
        try await ActivityTable.keep(
            submitted.text,
            events: submitted.events,
            of: id,
            user: submitted.job.user,
            at: moment,
            in: transaction
        )
    }

    /// The longer activity takes the place of the shorter, and a reply that was built from the shorter goes with it.
    private func replace(
        _ known: Job,
        with submitted: Submitted,
        at moment: Date,
        in transaction: Transaction
    ) async throws {
        var job = known
        job.outcome = submitted.job.outcome
        job.endedAt = submitted.job.endedAt
        job.task = submitted.job.task
        try await JobTable.replaceBody(of: job, in: transaction)
        try await keep(submitted, as: job.id, at: moment, in: transaction)
        try await transaction.run(ReplyTable.erasingText(for: Reflection.ID(user: job.user, job: job.id)))
    }
}
#endif
