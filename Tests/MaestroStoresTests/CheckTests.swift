// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// One damage done by hand: what it is called, what the check must find, and what is found after a repair.
struct Damage: Sendable, CustomTestStringConvertible {
    let name: String
    let code: CheckCode
    /// What a repair leaves: empty where it mends all.
    var left: Set<CheckCode> = []
    let doing: @Sendable (CheckBench) async throws -> Void

    var testDescription: String { name }

    init(
        _ name: String,
        _ code: CheckCode,
        left: Set<CheckCode> = [],
        _ doing: @escaping @Sendable (CheckBench) async throws -> Void
    ) {
        self.name = name
        self.code = code
        self.left = left
        self.doing = doing
    }
}

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
}

@Suite(.temporaryFolder) struct `A check` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    @Test func `of a whole folder finds nothing wrong, and changes nothing`() async throws {
        let checked = try await CheckBench.make(local)
        let store = try await local.open()
        let before = try files()
        let findings = try await store.check()
        #expect(findings.filter { $0.level == .wrong } == [])
        #expect(Set(findings.map(\.code)) == [.databaseVersions, .logSize])
        #expect(try await store.check(repair: true).allSatisfy { $0.mended == nil })
        #expect(try files() == before)
        #expect(checked.ids.count == 3)
    }

    private func files() throws -> [String: Data?] {
        let all = try #require(FileManager.default.enumerator(atPath: local.file("").string))
        let paths = all.compactMap { $0 as? String }
        return Dictionary(
            uniqueKeysWithValues: paths.map { ($0, FileManager.default.contents(atPath: local.file($0).string)) }
        )
    }

    static let damages: [Damage] =
        indexDamages + snapshotDamages + temporaryDamages + commitDamages + queueDamages + schemaDamages

    @Test(arguments: damages)
    func `finds what was damaged, and repairs it where nothing is lost by it`(_ damage: Damage) async throws {
        let checked = try await CheckBench.make(local)
        try await damage.doing(checked)
        let store = try await local.open()
        let found = try await store.check(user: nil, repair: false)
        #expect(checked.wrong(found).contains(damage.code), "\(found)")
        let again = try await store.check(user: nil, repair: false)
        #expect(again == found, "looking changed something")

        let repaired = try await store.check(user: nil, repair: true)
        #expect(checked.wrong(repaired) == damage.left, "\(repaired)")
        if !damage.left.contains(damage.code) {
            #expect(repaired.contains { $0.code == damage.code && $0.mended != nil }, "\(repaired)")
        }
        let after = try await store.check(user: nil, repair: true)
        #expect(checked.wrong(after) == damage.left, "\(after)")
        #expect(after.allSatisfy { $0.mended == nil }, "the second repair found more to do: \(after)")
    }
}
