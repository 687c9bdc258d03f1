// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath

/// A data folder with three reflections in it, and the ways to damage it.
struct CheckBench: Sendable {
    let local: LocalBench
    let ids: [Reflection.ID]
    var bench: StoreBench { local.bench }

    static func make(_ local: LocalBench) async throws -> CheckBench {
        let store = try await local.open()
        let bench = local.bench
        var ids = [try await bench.reflect("a", [try bench.add("one")], in: store).reflection.id]
        ids.append(
            try await bench.reflect("b", [try bench.update("one", from: "a rule", to: "changed")], in: store).reflection
                .id
        )
        let waiting = bench.decision(.add, "two", verdict: .waiting, code: .untrustedEvidence)
        ids.append(try await bench.reflect("c", [waiting], in: store).reflection.id)
        // Folds the log into the database, so that damage to its file is damage to what it holds.
        try store.close()
        return CheckBench(local: local, ids: ids)
    }

    var index: String { "reflections/index.jsonl" }

    func snapshot(_ number: Int) -> String { "reflections/\(ids[number])" }

    func entry(_ name: String) throws -> String { try bench.path(name).relative }

    func editLines(_ change: (inout [String]) -> Void) throws {
        var lines = try local.read(index).split(separator: "\n").map(String.init)
        change(&lines)
        try local.write(lines.map { $0 + "\n" }.joined(), to: index)
    }

    func remove(_ relative: String) throws {
        try FileManager.default.removeItem(atPath: local.file(relative).string)
    }

    func makeFolder(_ path: FilePath) throws {
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }

    func sql(_ text: String) async throws {
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: local.data.appending("maestro.sqlite").string, configuration: configuration)
        try await queue.write { try $0.execute(sql: text) }
        try queue.close()
    }

    func wrong(_ findings: [CheckFinding]) -> Set<CheckCode> {
        Set(findings.filter(\.standsWrong).map(\.code))
    }

    var configuration: LocalStore.Configuration {
        var configuration = LocalStore.Configuration(data: local.data, allowNetworkFileSystem: true)
        configuration.now = { [clock = local.clock] in clock.now }
        return configuration
    }

    /// As the command does it: without a store that was opened before.
    func check(repair: Bool = false) async throws -> [CheckFinding] {
        try await LocalStore.check(configuration, repair: repair)
    }

    func removeDatabase() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: local.data.string)
        where name.hasPrefix("maestro.sqlite") {
            try FileManager.default.removeItem(atPath: local.data.appending(name).string)
        }
    }

    /// A database that starts anew beside older files, with one reflection of its own.
    func replaceDatabase() async throws {
        try removeDatabase()
        try await bench.reflect("d", [try bench.add("three")], in: try await local.open())
    }

    /// Changes the bytes of the database's file.
    func damageDatabase(_ change: (inout Data) -> Void) throws {
        let file = URL(filePath: local.data.appending("maestro.sqlite").string)
        var bytes = try Data(contentsOf: file)
        change(&bytes)
        try bytes.write(to: file)
    }
}
