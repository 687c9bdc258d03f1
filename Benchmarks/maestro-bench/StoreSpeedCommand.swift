// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting

/// `--only postgres`: the tables of `docs/scaling.md` about claims and commits.
struct StoreSpeedCommand {
    let bench: Bench
    let jobs: Int
    let say: (String) -> Void

    #if Postgres
    func run() async throws {
        guard let pgbench = try await pgbench() else { return }
        let speed = StoreSpeed(pgbench: pgbench, jobs: jobs)
        let (row, claims, tripOfStore) = try await speed.postgres()
        let logged = try await speed.logged(claims, count: jobs)
        try await tables(speed, row, logged, tripOfStore)
    }

    /// `--only scaling`: the same beside ever more history.
    func runScaling() async throws {
        // Its pages would be counted with those of the calls; the tables are cleaned before each row.
        guard let pgbench = try await pgbench(["autovacuum=off"]) else { return }
        let scaling = HistoryScaling(pgbench: pgbench)
        try await scaling.open()
        say("\n## Beside a history of so many jobs, ten a user: milliseconds (pages) a call, one at once\n")
        say(
            "| jobs | size | submit | claim | commit | claim and commit of a user with 1 % of all jobs | state | backlog |"
        )
        say("|---|---|---|---|---|---|---|---|")
        var before = 0
        for count in jobs < 1000 ? [1000, 10_000] : [1000, 10_000, 100_000, 1_000_000] {
            let row = try await scaling.row(from: before, to: count)
            before = count
            let costs = [row.submit, row.claim, row.commit, row.busy, row.state, row.backlog]
            let cells = costs.map { String(format: "%.2f (%.0f)", $0.milliseconds, $0.pages) }
            say("| \(count) | \(row.megabytes) MB | \(cells.joined(separator: " | ")) |")
        }
    }

    /// `--only held`: the queue beside a transaction that somebody left open.
    func runHeld() async throws {
        guard let pgbench = try await pgbench() else { return }
        let (open, after) = try await HeldTransaction(pgbench: pgbench, rounds: jobs < 1000 ? 5 : 40).rows()
        say("\n## Claims while another transaction stays open: 200 users, one at once\n")
        say("| jobs since it began | a claim | pages of the users' table and its indexes |")
        say("|---|---|---|")
        for row in open where row.jobs % (jobs < 1000 ? 200 : 1000) == 0 {
            say("| \(row.jobs) | \(String(format: "%.2f ms | %.0f", row.milliseconds, row.pages)) |")
        }
        say("| it ended, `VACUUM` | \(String(format: "%.2f ms | %.0f", after.milliseconds, after.pages)) |")
    }

    private func pgbench(_ more: [String] = []) async throws -> Pgbench? {
        guard PostgresServer.isInstalled else {
            say("Skipped: \(PostgresServer.absence).")
            return nil
        }
        // What is committed is on the disk; a checkpoint in the middle would hit one row of the table and not the others.
        let server = try await PostgresServer.start(
            settings: ["shared_buffers=512MB", "max_wal_size=8GB", "checkpoint_timeout=1h", "log_line_prefix=%p:"]
                + more
        )
        guard let pgbench = Pgbench.installed(on: server, folder: bench.folder) else {
            say("Skipped: `pgbench` is not installed beside the server (Debian: `apt install postgresql`).")
            return nil
        }
        return pgbench
    }

    private func tables(
        _ speed: StoreSpeed,
        _ row: StoreSpeed.Row,
        _ logged: (claim: [[LoggedStatement]], commit: [[LoggedStatement]]),
        _ tripOfStore: Duration
    ) async throws {
        // Claims differ by nothing that matters: each takes whoever's turn it is.
        let claim = try Replay([logged.claim[0]])
        let commit = try Replay(logged.commit)
        say("\n## Claims and commits a second: \(jobs) jobs of as many users, two new entries a commit\n")
        say(
            "| | claims, 1 and 8 at once | claims of 8 jobs: jobs a second | commits, 1 and 8 at once | CPU here, a claim and a commit |"
        )
        say("|---|---|---|---|---|")
        say(line(row))
        say(line(try await speed.local(bench)))
        for (name, mode, isPipelined) in [
            ("pgbench, the same SQL, statement by statement", Pgbench.Mode.extended, false),
            ("… sent at once", .extended, true),
            ("… with prepared statements", .prepared, true),
        ] {
            let bare = try await speed.bare(
                name,
                claim: claim.script(isPipelined: true),
                commit: (commit.script(isPipelined: isPipelined), commit.table),
                mode,
                isPipelined: isPipelined
            )
            say(line(bare))
        }
        let trip = try await speed.trip()
        say("\n## Where the time goes, one at once, in milliseconds\n")
        say("| | whole | statements | parsed | planned | run | one round trip of `pgbench` | one of the store |")
        say("|---|---|---|---|---|---|---|---|")
        for (name, perSecond, runs) in [
            ("a claim", row.claims[0], logged.claim), ("a commit", row.commits[0], logged.commit),
        ] {
            say(line(name, 1000 / (perSecond ?? .nan), runs, trip, tripOfStore / .milliseconds(1)))
        }
        say("\nThe server's time by statement of a commit (parsed, planned, run):\n")
        for index in commit.sql.indices { say(line(logged.commit, index)) }
    }

    // MARK: - Lines

    private func line(_ row: StoreSpeed.Row) -> String {
        func pair(_ values: [Double?]) -> String {
            values.map { $0.map { String(format: "%.0f", $0) } ?? "-" }.joined(separator: " / ")
        }
        let cpu = [row.claimCPU, row.commitCPU].map {
            $0.map { String(format: "%.2f ms", $0 / .milliseconds(1)) } ?? "-"
        }
        return "| \(row.name) | \(pair(row.claims)) | \(pair(row.batches)) | \(pair(row.commits)) | "
            + cpu.joined(separator: " / ") + " |"
    }

    private func line(
        _ name: String,
        _ whole: Double,
        _ runs: [[LoggedStatement]],
        _ trip: Double,
        _ tripOfStore: Double
    ) -> String {
        func mean(_ part: (LoggedStatement) -> Double) -> String {
            String(format: "%.2f", runs.joined().map(part).reduce(0, +) / Double(runs.count))
        }
        let trips = [trip, tripOfStore].map { String(format: "%.3f", $0) }.joined(separator: " | ")
        return "| \(name) | \(String(format: "%.2f", whole)) | \(runs[0].count) | \(mean(\.parse)) | \(mean(\.bind)) | "
            + "\(mean(\.execute)) | \(trips) |"
    }

    private func line(_ runs: [[LoggedStatement]], _ index: Int) -> String {
        func mean(_ part: (LoggedStatement) -> Double) -> String {
            String(format: "%.3f", runs.map { part($0[index]) }.reduce(0, +) / Double(runs.count))
        }
        let words = runs[0][index].sql.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(90)
        return "- \(mean(\.parse)) \(mean(\.bind)) \(mean(\.execute)) `\(words)`"
    }
    #else
    func run() async throws { say("Skipped: this build is without the trait `Postgres`.") }
    func runScaling() async throws { try await run() }
    func runHeld() async throws { try await run() }
    #endif
}
