// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

/// Trials of one scenario, each on a folder of its own that starts as the same one.
final class CrashTrials: Sendable {
    let scenario: CrashScenario
    /// What the scenario does where nothing happens to it.
    let effects: [Effect]
    /// What it starts from, and what it did undisturbed.
    let start: FilePath
    let undisturbed: FilePath
    private let folder: FilePath
    private let (before, end): (EndState, EndState)
    private let calls: Int
    private let counts = Mutex((points: 0, states: 0, number: 0))

    /// Makes the folder that the scenario starts from, and one undisturbed run for what it has to end as.
    ///
    /// The observer sees the effects of that run.
    init(of scenario: CrashScenario, in folder: FilePath, seenBy observer: EffectObserver? = nil) async throws {
        self.scenario = scenario
        self.folder = folder
        start = folder.appending("start")
        undisturbed = folder.appending("undisturbed")
        let standing = CrashBench(in: start, defersSnapshots: scenario.defersSnapshots)
        let first = try await standing.local.open()
        try await scenario.prepare(standing, first)
        before = try await EndState(of: standing, in: first)
        try standing.local.closeAll()

        let bench = try Self.copy(of: start, as: undisturbed, scenario)
        let process = MortalProcess()
        let store = try await bench.local.open { effect in
            try process.observer(effect)
            try observer?(effect)
        }
        try await scenario.run(bench, store)
        effects = process.effects
        calls = bench.calls
        end = try await EndState(of: bench, in: store)
        try bench.local.closeAll()
        // Else it would prove nothing.
        try #require(end.leftovers.isEmpty && !end.reflections.contains { $0.contains("failed") })
    }

    var summary: String {
        counts.withLock { ($0.points > 0 ? "\($0.points) points tried, " : "") + "\($0.states) states checked" }
    }

    private static func copy(
        of folder: FilePath,
        as target: FilePath,
        _ scenario: CrashScenario
    ) throws -> CrashBench {
        try FileManager.default.copyItem(atPath: folder.string, toPath: target.string)
        return CrashBench(in: target, defersSnapshots: scenario.defersSnapshots)
    }

    /// A place for one more trial.
    func newFolder() -> FilePath {
        counts.withLock {
            $0.number += 1
            return folder.appending("\($0.number)")
        }
    }

    // MARK: - One trial

    /// Dies before effect `number`; the next process may die, too; the one after that finishes.
    ///
    /// Answers with the number of effects that the repair took.
    @discardableResult
    func crash(before number: Int, thenBefore second: Int? = nil) async throws -> Int {
        counts.withLock { $0.points += 1 }
        let bench = try Self.copy(of: start, as: newFolder(), scenario)
        try await live(MortalProcess(diesBefore: number), in: bench)
        if let second { try await live(MortalProcess(diesBefore: second), in: bench) }
        let repair = MortalProcess()
        for fault in try await faults(of: bench, repairedBy: repair) {
            let then = second.map { ", its repair before effect \($0)" } ?? ""
            Issue.record("\(scenario.testDescription), died before \(effects[number])\(then): \(fault)")
        }
        return repair.effects.count
    }

    /// The disk refuses effect `number`, once or from then on, and the process lives on and says so.
    ///
    /// While the disk refuses everything, the process can only be ended; where it refused once, it tries again itself.
    func refuse(_ number: Int, once isOnce: Bool) async throws {
        counts.withLock { $0.points += 1 }
        let bench = try Self.copy(of: start, as: newFolder(), scenario)
        let disk = RefusingDisk(refuses: number, once: isOnce)
        do {
            let store = try await bench.local.open(observer: disk.observer)
            try await scenario.run(bench, store)
        } catch let error as StoreError {
            if !"\(error)".contains("No space left") { Issue.record("another error: \(error)") }
        }
        bench.local.clock.advance(seconds: 61)
        for fault in try await faults(of: bench) {
            Issue.record("\(scenario.testDescription), refused \(effects[number]): \(fault)")
        }
    }

    /// Runs the scenario until the process is dead.
    private func live(_ process: MortalProcess, in bench: CrashBench) async throws {
        do {
            try await scenario.run(bench, bench.local.open(observer: process.observer))
        } catch {
            // Errors of a dead process are nobody's: what counts is what it left.
            guard process.isDead else { throw error }
        }
        // The lease of a dead process runs out; its lock is held by this very process as long as the test lasts.
        bench.local.clock.advance(seconds: 61)
    }

    /// Whatever does not hold in a folder that was left like this, and after the next run; the folder goes.
    ///
    /// `isTold`: the scenario had come to its end, and whoever asked for it was told so.
    func faults(
        of bench: CrashBench,
        repairedBy process: MortalProcess = MortalProcess(),
        isTold: Bool = false
    ) async throws -> [String] {
        defer {
            counts.withLock { $0.states += 1 }
            try? FileManager.default.removeItem(atPath: bench.local.data.string)
        }
        var faults: [String] = []
        do {
            let store = try await bench.local.open(observer: process.observer)
            try await store.finishInterrupted()
            let left = try await EndState(of: bench, in: store)
            if !isOldOrNew(left) { faults.append("the memory is neither the old nor the new one: \(left.documents)") }
            if isTold && left != end { faults.append("what was told is not there: \(left)") }

            let (replies, callsBefore) = (try await storedReplies(in: store), bench.calls)
            try await scenario.run(bench, store)
            let found = try await EndState(of: bench, in: store)
            if found != end { faults.append("it ended otherwise: \(found)\ninstead of \(end)") }
            for finding in try await store.check() where finding.level == .wrong {
                faults.append("\(finding.code) at \(finding.place): \(finding.message)")
            }
            if bench.calls - callsBefore > calls - replies { faults.append("a stored reply was paid for again") }
            try bench.local.closeAll()
        } catch {
            faults.append("the next run ended in \(error)")
        }
        return faults
    }

    /// User by user, as they are committed.
    private func isOldOrNew(_ state: EndState) -> Bool {
        let users = Set((Array(state.documents.keys) + end.documents.keys).map { $0.prefix { $0 != "/" } })
        return users.allSatisfy { user in
            func documents(of state: EndState) -> [String: String] {
                state.documents.filter { $0.key.hasPrefix(user + "/") }
            }
            return [before, end].contains { documents(of: $0) == documents(of: state) }
        }
    }

    /// How many replies are kept: those must not be asked for again.
    private func storedReplies(in store: LocalStore) async throws -> Int {
        var count = 0
        for job in try await store.jobs(JobQuery(user: nil, limit: 100)) {
            let id = Reflection.ID(user: job.job.user, job: job.job.id)
            if try await store.storedReply(for: id) != nil { count += 1 }
        }
        return count
    }
}
