// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

/// A crash at one moment: the first, second … time that the commit comes by.
struct CrashPoint: Sendable, CustomTestStringConvertible {
    let failpoint: Failpoint
    let occurrence: Int

    var testDescription: String { "\(failpoint.rawValue) \(occurrence)" }

    /// The commit of the tests changes three documents and one index: every point inside an operation is met four times.
    static let all: [CrashPoint] = Failpoint.allCases.flatMap { failpoint in
        switch failpoint {
        case .beforeOperation, .readyToExchange, .exchanged, .afterOperation:
            (1...4).map { CrashPoint(failpoint: failpoint, occurrence: $0) }
        default: [CrashPoint(failpoint: failpoint, occurrence: 1)]
        }
    }
}

struct Crash: Error {}

@Suite(.temporaryFolder) struct `A crash` {
    let local = LocalBench()
    var bench: StoreBench { local.bench }

    static let old = ["one": "a rule", "two": "a rule"]
    static let new = ["one": "changed", "three": "a rule"]

    /// Dies for good: everything after the crash fails too, as it would in a dead process.
    private func dying(at point: CrashPoint) -> @Sendable (Failpoint) throws -> Void {
        let met = Counter()
        return { failpoint in
            if met.isDead.withLock({ $0 }) { throw Crash() }
            guard failpoint == point.failpoint else { return }
            if met.count.withLock({
                $0 += 1; return $0
            }) == point.occurrence {
                met.isDead.withLock { $0 = true }
                throw Crash()
            }
        }
    }

    private final class Counter: Sendable {
        let count = Mutex(0)
        let isDead = Mutex(false)
    }

    private func changes() throws -> [Decision] {
        [
            try bench.update("one", from: "a rule", to: "changed"), try bench.remove("two", ordinal: 2),
            try bench.add("three", ordinal: 3),
        ]
    }

    private func filesOnDisk() throws -> [String: String] {
        var found: [String: String] = [:]
        let folder = try bench.path("x").relative.split(separator: "/").dropLast().joined(separator: "/")
        for name in ["one", "two", "three"] where local.exists("\(folder)/\(name).md") {
            let text = try local.read("\(folder)/\(name).md")
            found[name] = text.contains("description: changed") ? "changed" : "a rule"
        }
        return found
    }

    @Test(arguments: CrashPoint.all)
    func `leaves the old or the new memory, and running again makes one reflection`(at point: CrashPoint) async throws {
        let first = try await local.open()
        try await bench.reflect("a", [try bench.add("one"), try bench.add("two", ordinal: 2)], in: first)

        let dying = try await local.open(failpoint: dying(at: point))
        let claim = try await bench.claim("b", in: dying)
        let decisions = try changes()
        await #expect(throws: Crash.self) {
            try await dying.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: decisions) }
        }

        let other = try await local.open()
        let seen = try await bench.entries(in: other)
        #expect(seen == Self.old || seen == Self.new)
        #expect(try filesOnDisk() == seen)

        local.clock.advance(seconds: 61)
        try await reflectAgain("b", decisions, in: other)
        #expect(try await bench.entries(in: other) == Self.new)
        #expect(try filesOnDisk() == Self.new)
        try await expectWhole(of: claim, in: other)
    }

    private func reflectAgain(_ id: String, _ decisions: [Decision], in store: LocalStore) async throws {
        switch try await store.claim(Job.ID(id), of: bench.user) {
        case .claimed(let claim):
            _ = try await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: decisions) }
        case .finished(let receipt): #expect(receipt.reflection.outcome == .applied)
        case .busy(let sentence): throw BenchFailure(sentence)
        case .unknown: throw BenchFailure("the job is gone")
        }
    }

    /// One reflection, everything carried out, snapshot and index complete, nothing of ours left lying about.
    private func expectWhole(of claim: Claim, in store: LocalStore) async throws {
        #expect(try await store.reflections(HistoryQuery(user: bench.user)).count == 2)
        #expect(try await store.metrics(of: bench.user).count == 2)
        let receipt = try #require(try await store.receipt(for: claim.reflection, of: bench.user))
        #expect(receipt.superseded.isEmpty)
        let snapshot = "reflections/\(claim.reflection)"
        #expect(try local.read("\(snapshot)/before/\(try bench.path("two").relative)") == bench.text("two", "a rule"))
        #expect(try local.read("\(snapshot)/after/\(try bench.path("one").relative)") == bench.text("one", "changed"))
        #expect(!local.exists("\(snapshot)/after/\(try bench.path("two").relative)"))
        #expect(try local.read("\(snapshot)/manifest.json").contains("\"originalJobId\" : \"b\""))
        let lines = try local.read("reflections/index.jsonl").split(separator: "\n").map(String.init)
        #expect(lines.count == 2)
        #expect(IndexLine.firstBreak(in: lines) == nil)
        let index = try local.read("\(DocumentPath.index(bench.project).relative)")
        #expect(index.contains("[one.md](one.md): changed") && !index.contains("two.md"))
        #expect(try leftovers() == [])
        #expect(try await store.diagnose(bench.user).allSatisfy { $0.level == .good })
    }

    private func leftovers() throws -> [String] {
        let all = try #require(FileManager.default.enumerator(atPath: local.file("").string))
        return all.compactMap { $0 as? String }.filter { $0.hasSuffix("~") || $0.contains("kept") }.sorted()
    }

    @Test(arguments: [Failpoint.afterTransaction, .exchanged, .snapshotWritten, .indexAppended])
    func `in the recovery itself is recovered from`(at failpoint: Failpoint) async throws {
        let first = try await local.open()
        try await bench.reflect("a", [try bench.add("one"), try bench.add("two", ordinal: 2)], in: first)
        let claim = try await bench.claim("b", in: first)
        let decisions = try changes()
        for point in [
            CrashPoint(failpoint: .afterTransaction, occurrence: 1), CrashPoint(failpoint: failpoint, occurrence: 1),
        ] {
            let store = try await local.open(failpoint: dying(at: point))
            _ = try? await store.commit(bench.request(claim)) { _ in Judgement(reasoning: "", decisions: decisions) }
        }
        let last = try await local.open()
        #expect(try await bench.entries(in: last) == Self.new)
        try await expectWhole(of: claim, in: last)
    }

    @Test(arguments: [Failpoint.afterTransaction, .readyToExchange, .exchanged, .snapshotPlaced])
    func `while a waiting change is settled leaves it decided and written`(at failpoint: Failpoint) async throws {
        let first = try await local.open()
        let waiting = bench.decision(.add, "one", verdict: .waiting, code: .untrustedEvidence)
        let receipt = try await bench.reflect("a", [waiting], in: first)
        let accepted = try bench.add("one")
        let dying = try await local.open(failpoint: dying(at: CrashPoint(failpoint: failpoint, occurrence: 1)))
        await #expect(throws: Crash.self) {
            try await dying.settle(
                ChangeID(receipt.reflection.id, 1),
                of: bench.user,
                resolver: "person",
                reason: nil
            ) { _, _, _ in accepted }
        }
        let other = try await local.open()
        #expect(try await bench.entries(in: other) == ["one": "a rule"])
        #expect(try await other.waiting(of: bench.user).isEmpty)
        #expect(try local.read("reflections/\(receipt.reflection.id)/manifest.json").contains("\"accepted\""))
        #expect(try local.read("reflections/index.jsonl").split(separator: "\n").count == 2)
    }
}
