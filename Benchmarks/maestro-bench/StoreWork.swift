// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import Synchronization

/// What a store is asked to do: jobs of as many users with transcripts of about 3,500 tokens, and commits that add two
/// entries each.
struct StoreWork: Sendable {
    /// What some calls took: all together, and each.
    struct Timing: Sendable {
        let wall: Duration
        let calls: Int
        /// User and system time of this process, a call.
        let cpu: Duration

        var perSecond: Double { Double(calls) / (wall / .seconds(1)) }
        var each: Duration { wall / calls }
    }

    let jobs: Int
    /// Keeps the jobs of one piece of work apart from those of another.
    var name = "job"
    /// Whose the jobs are, by their numbers.
    var user: @Sendable (Int) -> Int = { $0 }

    // MARK: - Moves

    func submit(to store: any Store) async throws {
        let finished = (0..<jobs).map { FinishedJob(job: job($0), activity: activity) }
        for start in stride(from: 0, to: jobs, by: 100) {
            _ = try await store.submit(Array(finished[start..<min(start + 100, jobs)]))
        }
    }

    /// Claims every job, `limit` a call, so many calls at once.
    func claim(from store: any Store, limit: Int, atOnce: Int) async throws -> (claims: [Claim], timing: Timing) {
        let claims = Mutex<[Claim]>([])
        let timing = try await time(jobs, atOnce: atOnce, step: limit) { _ in
            let found = try await store.claim(upTo: limit)
            claims.withLock { $0 += found }
        }
        // Where several ask at once, one may find the heads of the queue locked and come away with fewer.
        var (all, isMore) = (claims.withLock(\.self), true)
        while all.count < jobs, isMore {
            let late = try await store.claim(upTo: jobs)
            isMore = !late.isEmpty
            all += late
        }
        guard all.count == jobs else { throw BenchFailure("\(all.count) of \(jobs) jobs were claimed") }
        return (all, timing)
    }

    func commit(_ claims: [Claim], to store: any Store, atOnce: Int) async throws -> Timing {
        try await time(claims.count, atOnce: atOnce) { index in
            let claim = claims[index]
            let request = CommitRequest(
                reflection: claim.reflection,
                kind: .job,
                user: claim.job.user,
                scope: claim.job.scope,
                claim: claim,
                report: Report(reflector: "bench", digest: DigestSize(bytes: 4000, ofBytes: 14000), startedAt: start)
            )
            let decisions = [decision(1, of: claim), decision(2, of: claim)]
            let receipt = try await store.commit(request) { _ in
                Judgement(reasoning: "made up", decisions: decisions)
            }
            guard receipt.reflection.outcome == .applied, !receipt.wasDoneBefore else {
                throw BenchFailure("a commit was \(receipt.reflection.outcome)")
            }
        }
    }

    /// One statement that reads a row at most: what a round trip costs through the store.
    func ask(_ store: any Store, times: Int) async throws -> Timing {
        try await time(times, atOnce: 1) { _ in _ = try await store.workers() }
    }

    // MARK: - Time

    private func time(
        _ calls: Int,
        atOnce: Int,
        step: Int = 1,
        _ call: @escaping @Sendable (Int) async throws -> Void
    ) async throws -> Timing {
        let (began, used) = (ContinuousClock.now, MeasuredProcess.ownTime)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in 0..<atOnce {
                group.addTask {
                    for index in stride(from: place * step, to: calls, by: atOnce * step) { try await call(index) }
                }
            }
            try await group.waitForAll()
        }
        let wall = ContinuousClock.now - began
        return Timing(wall: wall, calls: calls, cpu: (MeasuredProcess.ownTime - used) / calls)
    }

    // MARK: - Content

    private let start = Date(timeIntervalSince1970: 1_750_000_000)

    /// Of the job's user.
    func id(_ number: Int) -> UserID {
        let digits = String(user(number))
        return UserID("bench-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits)
    }

    private func job(_ number: Int) -> Job {
        Job(
            id: Job.ID("\(name)-\(number)"),
            user: id(number),
            task: "made-up work",
            outcome: JobOutcome(.succeeded)
        )
    }

    private let activity: Activity = {
        var workload = Workload(seed: 44)
        var events = [
            Event(number: 1, actor: .user, kind: .message, text: "Please \(workload.words(40)).", line: 1)
        ]
        for number in stride(from: 2, to: 18, by: 2) {
            let (said, seen) = (workload.words(60), workload.words(140))
            events.append(Event(number: number, actor: .agent, kind: .message, text: said, line: number))
            events.append(Event(number: number + 1, actor: .tool, kind: .toolResult, text: seen, line: number + 1))
        }
        return Activity(format: "text", events: events)
    }()

    private func decision(_ ordinal: Int, of claim: Claim) -> Decision {
        var workload = Workload(seed: 45)
        let name = "feedback-\(claim.job.id)-\(ordinal)"
        let (cue, rule) = (workload.words(8), workload.words(55))
        let change = MemoryChange(operation: .add, name: name, type: .feedback, description: cue, body: rule)
        let text = "---\nname: \(name)\ndescription: \"\(cue)\"\ntype: feedback\n---\n\n\(rule)\n"
        let write = EntryName(name).map {
            DocumentWrite(path: .entry(claim.job.scope, stem: $0), before: nil, after: text)
        }
        return Decision(
            ordinal: ordinal,
            operation: .add,
            name: name,
            scope: claim.job.scope,
            verdict: .accepted,
            message: "rests on event 1",
            proposed: ProposedChange(ordinal: ordinal, change: .memory(change), events: [1]),
            evidence: [.init(event: 1, line: 1, actor: .user, text: cue)],
            writes: [write].compactMap(\.self)
        )
    }
}
