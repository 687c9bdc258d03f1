// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath

/// Claims and commits of both stores beside the bare SQL of the one on PostgreSQL, on one machine and with the same jobs.
struct StoreSpeed {
    /// Jobs by second; nil: not measured.
    struct Row {
        let name: String
        /// One at once, and eight.
        var claims: [Double?] = [nil, nil]
        /// The same, where a claim takes eight jobs.
        var batches: [Double?] = [nil, nil]
        var commits: [Double?] = [nil, nil]
        /// User and system time of the process, a call, one at once.
        var claimCPU: Duration?
        var commitCPU: Duration?
    }

    /// Where the time of one call goes, in milliseconds, one at once.
    struct Share {
        let name: String
        let whole: Double
        let statements: [LoggedStatement]
        /// What one round trip takes `pgbench`, and the store, that does nothing else.
        let trip: Double
        let tripOfStore: Double
        let cpu: Double
    }

    static let atOnce = [1, 8]

    let pgbench: Pgbench
    let jobs: Int

    // MARK: - The stores

    /// Leaves the databases `queued` (nobody claimed anything) and `running` (every job is claimed), for what comes next.
    func postgres() async throws -> (row: Row, claims: [Claim], trip: Duration) {
        let work = StoreWork(jobs: jobs)
        try await pgbench.sql("CREATE DATABASE queued")
        try await work.submit(to: open("queued"))
        // Not the tables that are still empty: plans that are made for those are of no use a minute later.
        try await pgbench.sql("VACUUM ANALYZE users, jobs, activities", on: "queued")
        var row = Row(name: "PostgresStore")
        var running: [Claim] = []
        for (index, atOnce) in Self.atOnce.enumerated() {
            for limit in [8, 1] {
                try await pgbench.copy("queued", as: "work")
                let (claims, timing) = try await work.claim(from: open("work"), limit: limit, atOnce: atOnce)
                if limit == 1 {
                    row.claims[index] = timing.perSecond
                } else {
                    row.batches[index] = timing.perSecond * 8
                }
                guard limit == 1, atOnce == 1 else { continue }
                row.claimCPU = timing.cpu
                running = claims
                try await pgbench.copy("work", as: "running")
            }
        }
        for (index, atOnce) in Self.atOnce.enumerated() {
            try await pgbench.copy("running", as: "work")
            let timing = try await work.commit(running, to: open("work"), atOnce: atOnce)
            row.commits[index] = timing.perSecond
            if atOnce == 1 { row.commitCPU = timing.cpu }
        }
        let trip = try await work.ask(open("work"), times: 2000).each
        return (row, running, trip)
    }

    func local(_ bench: Bench) async throws -> Row {
        let work = StoreWork(jobs: jobs)
        var row = Row(name: "LocalStore")
        for (index, atOnce) in Self.atOnce.enumerated() {
            for limit in [8, 1] {
                let data = FilePath(try bench.makeData("stores").path)
                var configuration = LocalStore.Configuration(data: data)
                configuration.leaseSeconds = 3600
                let store = try await LocalStore.open(configuration)
                try await work.submit(to: store)
                let (claims, claiming) = try await work.claim(from: store, limit: limit, atOnce: atOnce)
                guard limit == 1 else {
                    row.batches[index] = claiming.perSecond * 8
                    continue
                }
                let committing = try await work.commit(claims, to: store, atOnce: atOnce)
                (row.claims[index], row.commits[index]) = (claiming.perSecond, committing.perSecond)
                if atOnce == 1 { (row.claimCPU, row.commitCPU) = (claiming.cpu, committing.cpu) }
            }
        }
        return row
    }

    // MARK: - Bare SQL

    /// What the server logs of some claims and some commits, by the statements that they are made of.
    func logged(_ claims: [Claim], count: Int) async throws -> (claim: [[LoggedStatement]], commit: [[LoggedStatement]])
    {
        let work = StoreWork(jobs: count)
        try await pgbench.copy("queued", as: "logged")
        try await pgbench.sql("ALTER DATABASE logged SET log_min_duration_statement = 0")
        let before = try log.count
        _ = try await work.claim(from: open("logged", connections: 1), limit: 1, atOnce: 1)
        let between = try log.count
        try await pgbench.copy("running", as: "logged")
        try await pgbench.sql("ALTER DATABASE logged SET log_min_duration_statement = 0")
        _ = try await work.commit(Array(claims.prefix(count)), to: open("logged", connections: 1), atOnce: 1)
        let log = try log
        let claimed = LoggedStatement.statements(in: String(decoding: log[before..<between], as: UTF8.self))
        let committed = LoggedStatement.statements(in: String(decoding: log[between...], as: UTF8.self))
        return (
            claimed.groups { $0.sql.hasPrefix("WITH clock") && $0.sql.contains("AS due") },
            committed.groups { $0.sql.hasPrefix("BEGIN") }
        )
    }

    private var log: Data {
        get throws { try Data(contentsOf: URL(filePath: pgbench.server.folder).appending(path: "log")) }
    }

    func bare(
        _ name: String,
        claim: String,
        commit: (script: String, table: String),
        _ mode: Pgbench.Mode,
        isPipelined: Bool
    ) async throws -> Row {
        var row = Row(name: name)
        for (index, clients) in Self.atOnce.enumerated() {
            if isPipelined {
                try await pgbench.copy("queued", as: "bare")
                let claiming = try await pgbench.run(claim, on: "bare", mode, clients: clients, runs: jobs)
                row.claims[index] = claiming.perSecond
            }
            try await pgbench.copy("running", as: "bare")
            try await pgbench.sql(commit.table, on: "bare")
            let committing = try await pgbench.run(commit.script, on: "bare", mode, clients: clients, runs: jobs)
            // Without the line that fetches what differs from run to run.
            let milliseconds = committing.latencies.dropFirst().map(\.milliseconds).reduce(0, +)
            row.commits[index] = Double(clients) / milliseconds * 1000
        }
        return row
    }

    /// In milliseconds: a statement that does nothing.
    func trip() async throws -> Double {
        let result = try await pgbench.run("SELECT 1;\n", on: "running", .extended, clients: 1, runs: 5000)
        return 1000 / result.perSecond
    }

    // MARK: - Opening

    func open(_ database: String, connections: Int = 8) async throws -> PostgresStore {
        let url = PostgresURL(pgbench.server.url(ofDatabase: database))
        return try await PostgresStore.open(
            PostgresStore.Configuration(url: url, leaseSeconds: 3600, maxRunSeconds: 7200, connections: connections)
        )
    }
}

extension [LoggedStatement] {
    /// Runs of statements that begin with such a one; what stands before the first is left out.
    fileprivate func groups(beginningWith isFirst: (LoggedStatement) -> Bool) -> [[LoggedStatement]] {
        var groups: [[LoggedStatement]] = []
        for statement in self {
            if isFirst(statement) { groups.append([]) }
            if !groups.isEmpty { groups[groups.count - 1].append(statement) }
        }
        return groups
    }
}
#endif
