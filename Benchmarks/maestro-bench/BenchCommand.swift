// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

/// `make bench`: what Maestro costs by itself, the model taken out, beside the peers' figures.
///
/// Prints the tables of `docs/performance.md`. A release binary is measured from outside, as its users run it.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "maestro-bench",
        abstract: "Measures a release build of maestro with a scripted model."
    )

    @Option(help: "The binary to measure.") var binary: String
    @Option(help: "Where data folders are made; removed at the end.") var folder: String?
    @Flag(help: "Fewer sizes and jobs: a minute instead of ten.") var quick = false
    @Option(help: "Only start-up, growth, throughput, postgres, scaling or held.") var only: String?
    @Option(help: "Only this row of growth or throughput, from 1 on.") var row: Int?
    @Option(help: "So many jobs in each row of growth and throughput.") var jobs: Int?

    func run() async throws {
        let place = folder.map { URL(filePath: $0) } ?? FileManager.default.temporaryDirectory
        let folder = place.appending(path: "maestro-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let bench = Bench(binary: URL(filePath: binary).standardizedFileURL.path, folder: folder)
        if only ?? "start-up" == "start-up" { try await startUp(bench) }
        if only ?? "growth" == "growth" { try await growth(bench) }
        if only ?? "throughput" == "throughput" { try await throughput(bench) }
        let stores = StoreSpeedCommand(bench: bench, jobs: quick ? 200 : 1600, say: say)
        if only ?? "postgres" == "postgres" { try await stores.run() }
        // Not by themselves: the first needs 10 GB of disk and half an hour.
        if only == "scaling" { try await stores.runScaling() }
        if only == "held" { try await stores.runHeld() }
        try FileManager.default.removeItem(at: folder)
    }

    private func startUp(_ bench: Bench) async throws {
        var runs: [MeasuredProcess] = []
        for _ in 0..<20 { runs.append(try await MeasuredProcess.run([bench.binary, "--version"])) }
        let median = runs.map(\.wall).sorted()[runs.count / 2]
        say("## Start-up\n")
        say("| | wall, median of 20 | peak memory |\n|---|---|---|")
        say("| `maestro --version` | \(ms(median)) | \(mb(runs.map(\.peakBytes).max() ?? 0)) |")
        for row in Peers.startUp { say(row) }
    }

    private func growth(_ bench: Bench) async throws {
        say("\n## One reflection in a running worker, by size of the user's memory\n")
        say("| entries | CPU | wall beyond the model | prompt tokens | peak memory |\n|---|---|---|---|---|")
        let sizes = quick ? [10, 1000] : [10, 100, 1000, 10_000]
        for entries in row.map({ [sizes[$0 - 1]] }) ?? sizes {
            let row = try await Growth(bench: bench, jobs: jobs ?? (quick ? 20 : 50)).row(entries: entries)
            say("| \(entries) | \(ms(row.cpu)) | \(ms(row.wall)) | \(row.promptTokens) | \(mb(row.peakBytes)) |")
        }
        say("\nPeers on the same kind of work (`CPU ms / prompt tokens / peak MB`):\n")
        for row in Peers.growth { say(row) }
    }

    private func throughput(_ bench: Bench) async throws {
        say("\n## Throughput of one worker\n")
        say(
            "| users | jobs | model's latency | slots | wall | jobs/s | CPU a job | one fsync, before / beside | fsyncs' time a job | peak memory |"
        )
        say("|---|---|---|---|---|---|---|---|---|---|")
        let jobs = jobs ?? (quick ? 200 : 1000)
        let rows = [(1, 0, 8), (50, 0, 50), (quick ? 100 : 1000, 0, 200), (200, 1, 200)]
        for (users, latency, slots) in row.map({ [rows[$0 - 1]] }) ?? rows {
            let row = try await Throughput(bench: bench)
                .row(users: users, jobs: jobs, latency: .seconds(latency), slots: slots)
            say(
                "| \(users) | \(jobs) | \(latency) s | \(slots) | \(seconds(row.process.wall)) | "
                    + "\(number(row.jobsPerSecond)) | \(ms(row.process.cpu / jobs)) | \(ms(row.syncCost)) / "
                    + "\(ms(row.syncCostBeside)) | "
                    + "\(number(row.syncsPerJob)) | \(mb(row.process.peakBytes)) |"
            )
        }
    }

    // MARK: - Words

    private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    private func number(_ value: Double) -> String { String(format: value < 10 ? "%.2f" : "%.0f", value) }
    private func ms(_ duration: Duration) -> String { number(duration / .milliseconds(1)) + " ms" }
    private func seconds(_ duration: Duration) -> String { number(duration / .seconds(1)) + " s" }
    private func mb(_ bytes: Int) -> String { "\(bytes / 1_000_000) MB" }
}

/// What other systems needed on 50 trajectories of tau-bench with a model that answers at once, on a machine of this
/// size; their wall times are upper bounds.
private enum Peers {
    static let startUp = [
        "| mem0 2.2.1 (import and set-up) | 7,100 ms | 151 MB |",
        "| langmem 0.0.30 | 4,700 ms | 138 MB |",
        "| ace-framework 0.7.1 | 10,000 ms | 237 MB |",
        "| hindsight 1.1.0 (to healthy) | 23,000 ms | 426 MB and PostgreSQL |",
    ]
    static let growth = [
        "| entries | 10 | 100 | 1,000 | 10,000 |",
        "|---|---|---|---|---|",
        "| mem0, qdrant | 60 / 11,795 / 148 | 59 / 11,846 / 152 | 148 / 11,877 / 189 | 412 / 11,906 / 463 |",
        "| langmem, InMemoryStore | 55 / 6,712 / 122 | 78 / 6,670 / 136 | 371 / 6,674 / 228 | 2,527 / 6,668 / 957 |",
        "| langmem, SqliteStore | 61 / - / 121 | - | 91 / - / 158 | 209 / - / 160 |",
        "| ace | 53 wall / 10,863 / 235 | 59 wall / 14,850 / 236 | 111 wall / 56,433 / 238 | 879 / 471,313 / 279 |",
    ]
}
