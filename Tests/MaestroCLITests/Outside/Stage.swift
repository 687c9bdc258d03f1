// SPDX-License-Identifier: Apache-2.0
import Foundation
import struct SystemPackage.FilePath
import MaestroTestServer
import MaestroTesting
import Testing

/// A scenario that was made ready once and is then struck again and again, each time on a copy of its folder.
struct Stage: Sendable {
    let scenario: Scenario
    let base: DataFolder
    /// The documents before the command and after it, where nothing goes wrong.
    let before: [String: String]
    let after: [String: String]
    /// What an undisturbed run does, in the folder ``traced``.
    let trace: SystemCallTrace
    let traced: String
    /// How many replies the folder holds before, and what it holds in the end.
    let repliesBefore: Int
    let totals: FolderTotals

    init(_ scenario: Scenario) async throws {
        self.scenario = scenario
        base = DataFolder(path: TemporaryFolder.path.appending("base").string)
        try await Self.prepare(scenario, base)
        // What a killed process left half done counts as the state before: there are only two.
        before = try base.documents()
        repliesBefore = try base.count("SELECT count(*) FROM replies")
        let healthy = try base.copied(as: "healthy")
        traced = healthy.path
        let strace = Strace(file: healthy.path + ".trace")
        (trace, after, totals) = try await TestServer.run(Scenario.script) { server in
            let run = try await Self.maestro(healthy, server, under: strace).run(try scenario.command()) { _ in }
            try #require(run.code == 0, "\(scenario): \(run.err)")
            try await Self.finish(scenario, healthy, server, again: false)
            return (try strace.trace(), try healthy.documents(), try FolderTotals(of: healthy))
        }
        try #require(before != after, "\(scenario) changes nothing")
    }

    /// The points of an undisturbed run, in order.
    var points: [CrashPoint] { trace.points(below: traced).map(\.point) }

    private static func prepare(_ scenario: Scenario, _ base: DataFolder) async throws {
        try await TestServer.run(Scenario.script) { server in
            for (number, command) in try scenario.preparation().enumerated() {
                var maestro = maestro(base, server)
                let isKilled = scenario == .recovery && number == 1
                if isKilled { maestro.wrapper = Strace(file: base.path + ".trace", injection: .inFiles(base)).command }
                let finished = try await maestro.run(command) { _ in }
                try #require(finished.code == (isKilled ? nil : 0), "\(scenario): \(command): \(finished.err)")
            }
        }
    }

    static func maestro(_ folder: DataFolder, _ server: TestServer, under strace: Strace? = nil) -> Binary {
        Binary(
            environment: [
                "MAESTRO_DATA": folder.path, "MAESTRO_LLM_ENDPOINT": server.url, "MAESTRO_WORKER_RETRY_SECONDS": "0",
            ],
            wrapper: strace?.command ?? []
        )
    }

    /// Does what is left to do; `again` after a run that was disturbed.
    static func finish(
        _ scenario: Scenario,
        _ folder: DataFolder,
        _ server: TestServer,
        again: Bool,
        isUndone: () throws -> Bool = { true }
    ) async throws {
        var commands: [[String]] = [["work", "--drain"]]
        if again, scenario.isOfPerson {
            // Whatever uses the folder finishes what was committed in it.
            try await run(["memory", "list", "--project", "global"], folder, server)
            if try isUndone() { commands.append(try scenario.command()) }
        } else if again {
            // By the same command, or first by a worker: either must do.
            commands =
                Bool.random() ? [try scenario.command()] + commands : commands + [try scenario.command()] + commands
        }
        for command in commands { try await run(command, folder, server) }
    }

    private static func run(_ command: [String], _ folder: DataFolder, _ server: TestServer) async throws {
        let finished = try await maestro(folder, server).run(command) { _ in }
        guard finished.code == 0 else {
            throw Broken(
                "`\(command.joined(separator: " "))` afterwards ended with \(finished.status): \(finished.err)"
            )
        }
    }

    /// A promise that does not hold.
    struct Broken: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

extension Injection {
    /// Between the transaction and the end of its files: at the second name that is put into place.
    fileprivate static func inFiles(_ data: DataFolder) -> Injection {
        Injection(fault: .kill, call: "renameat2", path: data.path + "/users/me/memory", ordinal: 2)
    }
}
