// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
@testable import MaestroStores
import MaestroTesting
import MaestroTestServer
import Testing

/// Four worker processes on a PostgreSQL, killed and stopped at any moment, under a crowd of users.
@Suite(
    .temporaryFolder,
    .timeLimit(.minutes(CrowdSize.current.isLarge ? 120 : 10)),
    .enabled(if: PostgresServer.isInstalled, Comment(rawValue: PostgresServer.absence))
)
struct `Workers on PostgreSQL` {
    @Test func `that are killed at random do every job once, one at a time for a user, and let nobody starve`()
        async throws
    {
        try await TestServer.run(ChaosModel.script) { model in
            let crowd = try await Crowd(model, .current)
            let start = ContinuousClock.now
            try await crowd.rage()
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let log = try await TurnLog(from: crowd.store.pool)

            #expect(crowd.herd.values.crashes == [])
            checkTakeovers(in: log, of: crowd)
            let dead = try await bringBack(crowd)
            try await checkJobs(of: crowd)
            try await checkChains(of: crowd)
            let waits = checkWaits(in: log, of: crowd)
            checkCalls(model.requests, in: log)
            OutsideForm.say(
                """
                chaos on PostgreSQL: \(crowd.size.jobs) jobs of \(crowd.size.users) users (\(crowd.size.noisyJobs) of one) \
                in \(Int(seconds)) s; \(crowd.herd.line); \(log.takeovers.count) jobs taken over, \(dead) of them dead and \
                brought back; \(log.claims) claims, \(model.requests.count) calls; \(waits)
                """
            )
            for remark in Set(crowd.herd.values.remarks) { OutsideForm.say("  a worker said: \(remark)") }
        }
    }

    /// No reply that was kept is asked for again: every call beyond the first was a claim of its own.
    ///
    /// Claims are not synced: the server's death may take with it the claim of a job that called just then, once for a job, and
    /// of as many as the four workers have slots.
    private func checkCalls(_ calls: [RecordedRequest], in log: TurnLog) {
        var unclaimed: [Int: Int] = [:]
        for number in calls.compactMap({ ChaosModel.number(in: $0.body) }) { unclaimed[number, default: 0] += 1 }
        for step in log.steps where step.to == "running" {
            if let number = step.job.split(separator: "-").last.flatMap({ Int($0) }) {
                unclaimed[number, default: 0] -= 1
            }
        }
        let lost = unclaimed.filter { $0.value > 0 }
        #expect(lost.allSatisfy { $0.value == 1 } && lost.count <= 4 * 8, "\(lost)")
    }

    /// Nobody loses a job who was not killed or stopped.
    private func checkTakeovers(in log: TurnLog, of crowd: Crowd) {
        let struck = crowd.herd.values.struck.map { "pid \($0) on " }
        for step in log.takeovers {
            let holder = step.holder ?? ""
            #expect(struck.contains { holder.hasPrefix($0) }, "\(step.job) was taken from \(holder), which lived")
        }
    }

    /// A job whose worker was killed three times is dead: it may have been what killed them.
    ///
    /// There is no other reason to die.
    private func bringBack(_ crowd: Crowd) async throws -> Int {
        let dead = try await crowd.store.jobs(JobQuery(user: nil, states: [.dead], limit: 100_000))
        #expect(dead.allSatisfy { $0.error?.hasPrefix("its worker died or lost its lease, 3 times") == true })
        for job in dead { try await crowd.store.retry(job.job.id, of: job.job.user) }
        let drained = try await crowd.maestro.run("work", "--drain")
        #expect(drained.code == 0, "\(drained.err)")
        return dead.count
    }

    private func count(_ sql: String, in crowd: Crowd) async throws -> Int {
        try #require(try await crowd.store.read("SELECT count(*) AS count FROM (\(sql)) AS found").first).value("count")
    }

    private func checkJobs(of crowd: Crowd) async throws {
        let all = crowd.size.jobs
        #expect(try await count("SELECT FROM jobs WHERE state = 'done'", in: crowd) == all)
        #expect(try await count("SELECT FROM jobs", in: crowd) == all)
        #expect(try await count("SELECT job FROM reflections WHERE kind = 'job'", in: crowd) == all)
        #expect(try await count("SELECT DISTINCT user_id, job FROM reflections WHERE kind = 'job'", in: crowd) == all)
        #expect(try await count("SELECT DISTINCT user_id, job FROM metrics", in: crowd) == all)
        #expect(try await count("SELECT FROM metrics", in: crowd) == all)
        let overlapping = """
            SELECT FROM (
                SELECT claimed_at, lag(ended_at) OVER (PARTITION BY user_id ORDER BY claimed_at, ended_at) AS before FROM jobs
            ) AS spans WHERE claimed_at < before
            """
        #expect(try await count(overlapping, in: crowd) == 0, "two reflections of a user at one time")
        #expect(try await TurnLog(from: crowd.store.pool).overlaps == [])
        let unsettled = """
            SELECT FROM users WHERE running_job IS NOT NULL OR head_due_at IS NOT NULL OR dead <> 0 OR cancelled <> 0
                OR done <> (SELECT count(*) FROM jobs WHERE user_id = users.id)
            """
        #expect(try await count(unsettled, in: crowd) == 0, "what claims look at does not say what is so")
    }

    private func checkChains(of crowd: Crowd) async throws {
        for user in try await crowd.store.users() {
            let lines: [String] = try await crowd.store.read(
                "SELECT text FROM index_lines WHERE user_id = $1 ORDER BY sequence",
                user.rawValue
            ).map { try $0.value("text") }
            #expect(IndexLine.firstBreak(in: lines) == nil, "the chain of \(user)")
        }
    }

    /// While the noisy user has jobs, whoever else has one is served before that user is served again.
    private func checkWaits(in log: TurnLog, of crowd: Crowd) -> String {
        let all = log.waits(besides: Crowd.noisy)
        let others = all.filter { $0.user != Crowd.noisy }
        // A worker that is stopped between its claim and the commit keeps its users waiting, whoever they are.
        let herd = crowd.herd.values
        let undisturbed = others.filter { !herd.heldUp($0.claimant, at: $0.at) }
        let most = undisturbed.map(\.noisyTurns).max() ?? 0
        let late = others.count { $0.noisyTurns > 1 }
        // Whoever's row is locked by those who submit is passed over meanwhile.
        #expect(most <= 10 && late * 10 <= others.count)
        return """
            waits of the \(crowd.size.users - 1) others: \(line(others)), at most \(most) turns of the noisy user in one \
            (more than one in \(late) of \(others.count), \(others.map(\.noisyTurns).max() ?? 0) where the claiming worker was \
            stopped meanwhile); of the noisy user: \(line(all.filter { $0.user == Crowd.noisy }))
            """
    }

    private func line(_ waits: [TurnLog.Wait]) -> String {
        let turns = waits.map(\.turns).sorted(), times = waits.map(\.milliseconds).sorted()
        guard let worst = turns.last, let longest = times.last else { return "none" }
        return
            "median \(turns[turns.count / 2]) turns or \(times[times.count / 2]) ms, worst \(worst) turns, \(longest) ms"
    }
}
#endif
