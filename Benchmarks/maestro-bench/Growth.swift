// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer

/// What one reflection costs in a running worker, at different sizes of one user's memory.
///
/// Two runs on copies of the same folder, one with a few jobs and one with many more: their difference is what a
/// reflection costs once the worker is warm, without start-up and the first reading of the folder. The model takes a
/// moment to answer, as every model does: a file that was written in this very moment is read again, since its time
/// could not tell the next change.
struct Growth {
    struct Row {
        let entries: Int
        let cpu: Duration
        let wall: Duration
        /// As other systems were counted: four letters a token.
        let promptTokens: Int
        let peakBytes: Int
    }

    let bench: Bench
    var warmUp = 5
    var jobs = 50
    var latency = Duration.milliseconds(150)

    func row(entries: Int) async throws -> Row {
        let few = try await run(entries: entries, jobs: warmUp)
        let many = try await run(entries: entries, jobs: warmUp + jobs)
        return Row(
            entries: entries,
            cpu: (many.process.cpu - few.process.cpu) / jobs,
            wall: (many.process.wall - few.process.wall) / jobs - latency,
            promptTokens: many.promptTokens,
            peakBytes: many.process.peakBytes
        )
    }

    private func run(entries: Int, jobs: Int) async throws -> (process: MeasuredProcess, promptTokens: Int) {
        let data = try bench.makeData("growth")
        let memory = data.appending(path: "users/me/memory")
        try FileManager.default.createDirectory(at: memory, withIntermediateDirectories: true)
        var workload = Workload(seed: 42)
        for entry in workload.entries(entries) {
            try entry.text.write(to: memory.appending(path: entry.file), atomically: false, encoding: .utf8)
        }
        let file = try bench.save(workload.transcripts(jobs, name: "growth"), as: "growth.jsonl")
        try await bench.submit(file, of: "me", to: data)
        return try await TestServer.run(Workload.script(latency: latency)) { server in
            let process = try await bench.drain(data, asking: server, slots: 1)
            let letters = server.requests.map(\.messageLength)
            guard letters.count == jobs else {
                throw MeasuredProcess.Failed(description: "\(letters.count) calls for \(jobs) jobs")
            }
            return (process, letters.reduce(0, +) / letters.count / 4)
        }
    }
}
