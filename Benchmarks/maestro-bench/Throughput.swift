// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer

/// How many jobs a worker ends in a second, for few and many users.
struct Throughput {
    struct Row {
        let users: Int
        let jobs: Int
        let latency: Duration
        let slots: Int
        let process: MeasuredProcess
        /// What one fsync cost just before, on a disk at rest.
        let syncCost: Duration
        /// What one cost meanwhile, beside the worker's.
        let syncCostBeside: Duration

        var jobsPerSecond: Double { Double(jobs) / (process.wall / .seconds(1)) }
        /// How many fsyncs' time, on a disk at rest, each job took beyond the model's: latency times rounds.
        var syncsPerJob: Double {
            let rounds = (jobs + slots - 1) / slots
            return (process.wall - latency * rounds) / syncCost / Double(jobs)
        }
    }

    let bench: Bench

    func row(users: Int, jobs: Int, latency: Duration = .zero, slots: Int) async throws -> Row {
        let data = try bench.makeData("throughput")
        var workload = Workload(seed: 43)
        for user in 0..<users {
            let share = jobs / users + (user < jobs % users ? 1 : 0)
            guard share > 0 else { continue }
            let file = try bench.save(workload.transcripts(share, name: "u\(user)"), as: "throughput.jsonl")
            try await bench.submit(file, of: "user-\(user)", to: data)
        }
        let probe = try SyncProbe(in: bench.folder)
        let syncCost = try probe.mean()
        return try await TestServer.run(Workload.script(latency: latency)) { server in
            let (process, beside) = try await probe.mean {
                try await bench.drain(data, asking: server, slots: slots)
            }
            guard server.requests.count == jobs else {
                throw MeasuredProcess.Failed(description: "\(server.requests.count) calls for \(jobs) jobs")
            }
            return Row(
                users: users,
                jobs: jobs,
                latency: latency,
                slots: slots,
                process: process,
                syncCost: syncCost,
                syncCostBeside: beside
            )
        }
    }
}
