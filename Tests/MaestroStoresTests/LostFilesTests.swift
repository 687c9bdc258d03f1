// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

@Suite(.temporaryFolder) struct `Files that get lost` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    private func lines() throws -> [String] {
        try local.read("reflections/index.jsonl").split(separator: "\n").map(String.init)
    }

    @Test func `without the database history starts anew and the memory stays`() async throws {
        let first = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: first)
        try first.close()
        for name in ["maestro.sqlite", "maestro.sqlite-wal", "maestro.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: local.data.appending(name).string)
        }
        let store = try await local.open()
        #expect(try await bench.entries(in: store) == ["one": "a rule"])
        #expect(try await store.reflections(HistoryQuery()).isEmpty)
        #expect(try await store.users() == [bench.user])
        try await bench.reflect("b", [try bench.update("one", from: "a rule", to: "changed")], in: store)
        try await bench.reflect("c", [], in: store)
        #expect(try lines().count == 3)
        #expect(IndexLine.firstBreak(in: try lines()) == nil)
        #expect(try await store.diagnose(bench.user).allSatisfy { $0.level == .good })
    }

    @Test func `without the reflections folder the index is written anew`() async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        try FileManager.default.removeItem(atPath: local.file("reflections").string)
        try await bench.reflect("b", [try bench.add("two")], in: store)
        #expect(try lines().count == 2)
        #expect(IndexLine.firstBreak(in: try lines()) == nil)
    }

    @Test(arguments: ["torn", "edited", "empty"])
    func `an index that was damaged is repaired from the database`(how: String) async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        try await bench.reflect("b", [try bench.add("two")], in: store)
        let whole = try local.read("reflections/index.jsonl")
        let damaged =
            switch how {
            case "torn": String(whole.dropLast(30))
            case "edited": whole.replacing("applied", with: "abstained")
            default: ""
            }
        try local.write(damaged, to: "reflections/index.jsonl")
        #expect(try await store.diagnose(bench.user).contains { $0.subject == "index" && $0.level != .good })
        try await bench.reflect("c", [], in: store)
        #expect(try lines().count == 3)
        #expect(try local.read("reflections/index.jsonl").hasPrefix(whole))
    }

    @Test func `without the user's folder a new one is made`() async throws {
        let store = try await local.open()
        try await bench.reflect("a", [try bench.add("one")], in: store)
        try FileManager.default.removeItem(atPath: local.file("").string)
        #expect(try await bench.entries(in: store).isEmpty)
        try await bench.reflect("b", [try bench.add("two")], in: store)
        #expect(try await bench.entries(in: store) == ["two": "a rule"])
    }

    /// The kernel tells of a page that it could not write once, and forgets it: the next sync of the same files succeeds.
    @Test func `snapshots of which a sync failed are written anew, though the next one succeeds`() async throws {
        struct Refusal: Error {}
        let local = LocalBench(defersSnapshots: true)
        let isRefused = Mutex(true)
        let store = try await local.open { effect in
            guard case .syncFileSystem = effect, isRefused.withLock({ $0 }) else { return }
            throw Refusal()
        }
        let receipt = try await local.bench.reflect("a", [try local.bench.add("one")], in: store)
        let folder = try #require(receipt.snapshot)
        await #expect(throws: Refusal.self) { try await store.syncSnapshots() }
        try FileManager.default.removeItem(atPath: folder)

        isRefused.withLock { $0 = false }
        try await store.syncSnapshots()
        try await store.finishInterrupted()
        #expect(FileManager.default.fileExists(atPath: folder + "/manifest.json"))
        try await store.syncSnapshots()
        try await store.finishInterrupted()
        #expect(try await store.diagnose(local.bench.user).allSatisfy { $0.level == .good })
    }
}
