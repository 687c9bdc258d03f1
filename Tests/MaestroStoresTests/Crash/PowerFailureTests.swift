// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

/// The power fails before any effect, and the disk keeps what was synced, and of the rest what it likes.
///
/// Kills cannot show this: what a dead process wrote is still there.
@Suite(.temporaryFolder, .timeLimit(.minutes(60))) struct `A power failure` {
    private static let scenarios = CrashScenario.all

    @Test(arguments: scenarios)
    func `leaves a state from which the next run ends as if nothing had happened`(
        in scenario: CrashScenario
    )
        async throws
    {
        let run = try await RecordedRun(of: scenario, in: TemporaryFolder.path)
        let effort = CrashEffort.current
        let numbers = effort.sample(of: run.trials.effects.count + 1, atMost: 3)
        for number in numbers {
            // Of a small plan every state that there can be; of larger ones so many.
            let limit = effort == .sample ? 4 : scenario.isSmall ? 100_000 : 16
            for fault in try await run.faults(before: number, atMost: limit) { Issue.record("\(fault)") }
        }
        effort.report("\(scenario.testDescription), power failure: \(numbers.count) points, \(run.trials.summary)")
    }

    @Test(arguments: CrashScenario.all)
    func `is simulated from all that a run does to its folder`(in scenario: CrashScenario) async throws {
        let run = try await RecordedRun(of: scenario, in: TemporaryFolder.path)
        let disk = try run.disk(after: run.trials.effects.count)
        #expect(disk.seen == (try SimulatedDisk.State(of: run.trials.undisturbed)))
    }

    /// The disk has what a person did after the commit; the mark that the commit was carried out is lost.
    @Test(arguments: [nil, "old", "theirs"])
    func `does not undo what a person did afterwards`(text: String?) async throws {
        let run = try await RecordedRun(of: .reflection, in: TemporaryFolder.path)
        let bench = CrashBench(in: TemporaryFolder.path.appending("theirs"), defersSnapshots: false)
        let old = bench.stores.text("one", "run the linter first")
        let theirs = text.map { $0 == "old" ? old : bench.stores.text("one", $0) }
        let all = run.trials.effects.count
        try run.disk(after: all).seen.write(to: bench.local.data)
        try run.placeDatabase(try #require(run.databases(before: all).first), in: bench.local.data)
        let path = try bench.stores.path("one").relative
        try FileManager.default.removeItem(atPath: bench.local.file(path).string)
        if let theirs { try bench.local.write(theirs, to: path) }

        let store = try await bench.local.open()
        try await store.finishInterrupted()
        #expect(bench.local.exists(path) == (theirs != nil))
        if let theirs { #expect(try bench.local.read(path) == theirs) }
        let operations = try await store.operations(
            of: Reflection.ID(user: bench.stores.user, job: Job.ID("b")),
            user: bench.stores.user
        )
        #expect(operations.count == 3 && operations.allSatisfy { !$0.isSuperseded })
    }

    /// And the same power failures, taken for the end of a process: snapshots that were to be synced later are lost.
    @Test func `is told from the end of a process by the system's boot`() async throws {
        let run = try await RecordedRun(of: .twoUsers, in: TemporaryFolder.path)
        let sync = try #require(run.trials.effects.firstIndex { if case .syncFileSystem = $0 { true } else { false } })
        var faults: [String] = []
        for _ in 0..<8 where faults.isEmpty { faults = try await run.faults(before: sync, atMost: 4, boot: "first") }
        #expect(!faults.isEmpty)
        #expect(try await run.faults(before: sync, atMost: 4) == [])
    }

    /// What would be found if one sort of sync were forgotten: the proof proves something.
    @Test(arguments: ["content", "folders", "snapshots"])
    func `is noticed where a sync is missing`(of kind: String) async throws {
        let run = try await RecordedRun(of: .reflection, in: TemporaryFolder.path) { effect in
            switch (kind, effect) {
            case ("content", .syncFile(let path)): path.string.contains("/memory/")
            case ("folders", .syncFolder(let path)): path.string.hasSuffix("/memory")
            case ("snapshots", .syncFile(let path)): path.string.contains("/reflections/")
            default: false
            }
        }
        var faults: [String] = []
        for number in run.trials.effects.indices.reversed() where faults.isEmpty {
            faults = try await run.faults(before: number + 1, atMost: 12)
        }
        #expect(!faults.isEmpty)
    }
}
