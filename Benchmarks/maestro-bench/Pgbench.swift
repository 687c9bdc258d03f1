// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting

/// PostgreSQL's own load generator and `psql`, on a throw-away server: what SQL costs without Maestro.
struct Pgbench: Sendable {
    enum Mode: String { case extended, prepared }

    struct Result {
        let perSecond: Double
        /// Of each line of the script, on average.
        let latencies: [(milliseconds: Double, line: String)]
    }

    let server: PostgresServer
    let programs: String
    /// Where scripts and output go.
    let folder: URL

    /// Nil: not installed.
    static func installed(on server: PostgresServer, folder: URL) -> Pgbench? {
        guard let programs = PostgresServer.binaries,
            FileManager.default.isExecutableFile(atPath: "\(programs)/pgbench")
        else { return nil }
        return Pgbench(server: server, programs: programs, folder: folder)
    }

    /// Runs the script `runs` times in all, so many clients at once.
    func run(_ script: String, on database: String, _ mode: Mode, clients: Int, runs: Int) async throws -> Result {
        let file = try save(script, as: "script.sql")
        let output = folder.appending(path: "pgbench-\(UUID().uuidString).txt")
        _ = try await MeasuredProcess.run(
            ["\(programs)/pgbench", "-h", server.folder, "-U", "postgres", "-n", "-r", "-M", mode.rawValue]
                + ["-c", "\(clients)", "-j", "\(min(clients, 2))", "-t", "\(runs / clients)", "-f", file, database],
            log: output.path
        )
        let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
        let rate = lines.first { $0.hasPrefix("tps = ") }?.dropFirst("tps = ".count).prefix { $0 != " " }
        guard let rate, let perSecond = Double(rate) else {
            throw BenchFailure("pgbench said no rate; see \(output.path)")
        }
        let latencies = lines.drop { !$0.hasPrefix("statement latencies") }.dropFirst()
        return Result(perSecond: perSecond, latencies: latencies.compactMap(Self.latency(of:)))
    }

    /// `  0.213           0  UPDATE …`: milliseconds, failures (not before PostgreSQL 15), the line.
    private static func latency(of line: Substring) -> (Double, String)? {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard words.count == 3, let milliseconds = Double(words[0]) else { return nil }
        return (milliseconds, String(words[2]))
    }

    // MARK: - psql

    func sql(_ text: String, on database: String = "postgres") async throws {
        let file = try save(text, as: "statements.sql")
        _ = try await MeasuredProcess.run(psql + ["-f", file, database], log: folder.appending(path: "psql.txt").path)
    }

    /// What a query prints, unaligned and without headers.
    func ask(_ query: String, on database: String = "postgres") async throws -> String {
        let output = folder.appending(path: "psql-\(UUID().uuidString).txt")
        _ = try await MeasuredProcess.run(psql + ["-At", "-c", query, database], log: output.path)
        return try String(contentsOf: output, encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    private var psql: [String] {
        ["\(programs)/psql", "-h", server.folder, "-U", "postgres", "-q", "-X", "-v", "ON_ERROR_STOP=1"]
    }

    /// `name` becomes a copy of `template`, whose connections are closed for it.
    func copy(_ template: String, as name: String) async throws {
        try await sql(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname IN ('\(template)', '\(name)');
            DROP DATABASE IF EXISTS \(name);
            CREATE DATABASE \(name) TEMPLATE \(template);
            """
        )
    }

    private func save(_ text: String, as name: String) throws -> String {
        let file = folder.appending(path: name)
        try text.write(to: file, atomically: false, encoding: .utf8)
        return file.path
    }
}
