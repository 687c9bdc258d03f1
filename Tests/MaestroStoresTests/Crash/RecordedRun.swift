// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath

/// One undisturbed run of a scenario, with every effect and the database as it was before each commit.
///
/// From it every state is made that a power failure at any moment may leave.
struct RecordedRun: Sendable {
    let trials: CrashTrials
    private let folder: FilePath
    private let ignores: @Sendable (Effect) -> Bool

    /// The disk forgets to carry out the effects that it `ignores`.
    init(
        of scenario: CrashScenario,
        in folder: FilePath,
        ignoring ignores: @escaping @Sendable (Effect) -> Bool = { _ in false }
    ) async throws {
        self.folder = folder
        self.ignores = ignores
        let commits = Mutex(0)
        trials = try await CrashTrials(of: scenario, in: folder) { effect in
            guard case .commit = effect else { return }
            let number = commits.withLock { commits in
                defer { commits += 1 }
                return commits
            }
            try Self.keepDatabase(number, of: folder.appending("undisturbed"), in: folder)
        }
        try Self.keepDatabase(commits.withLock { $0 }, of: trials.undisturbed, in: folder)
    }

    /// The database after so many commits.
    private static func keepDatabase(_ number: Int, of data: FilePath, in folder: FilePath) throws {
        let copy = folder.appending("database-\(number)").string
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["maestro.sqlite", "maestro.sqlite-wal"] {
            let source = data.appending(name).string
            guard FileManager.default.fileExists(atPath: source) else { continue }
            try FileManager.default.copyItem(atPath: source, toPath: "\(copy)/\(name)")
        }
    }

    func placeDatabase(_ number: Int, in data: FilePath) throws {
        let copy = folder.appending("database-\(number)").string
        for name in try FileManager.default.contentsOfDirectory(atPath: copy) {
            try FileManager.default.copyItem(atPath: "\(copy)/\(name)", toPath: data.appending(name).string)
        }
    }

    /// After how many commits the database may stand when the power fails before effect `number`: one that was not
    /// synced may be lost, with those after it.
    func databases(before number: Int) -> ClosedRange<Int> {
        var (synced, all) = (0, 0)
        for effect in trials.effects[..<number] {
            guard case .commit(let isSynced) = effect else { continue }
            all += 1
            if isSynced { synced = all }
        }
        return synced...all
    }

    func disk(after number: Int) throws -> SimulatedDisk {
        var disk = try SimulatedDisk(holding: trials.start, root: trials.undisturbed, ignoring: ignores)
        for effect in trials.effects[..<number] { disk.perform(effect) }
        return disk
    }

    /// What does not hold after a power failure before effect `number`, whatever is left of the disk.
    ///
    /// `boot` is what the system calls itself afterwards; that of the run is `first`.
    func faults(before number: Int, atMost limit: Int, boot: String = "second") async throws -> [String] {
        var faults: [String] = []
        let effects = trials.effects
        for state in try disk(after: number).remains(atMost: limit) {
            for database in databases(before: number) {
                let bench = CrashBench(
                    in: trials.newFolder(),
                    defersSnapshots: trials.scenario.defersSnapshots,
                    boot: boot
                )
                bench.local.clock.advance(seconds: 61)
                try state.write(to: bench.local.data)
                try placeDatabase(database, in: bench.local.data)
                let place = number < effects.count ? "before \(effects[number])" : "after all"
                faults += try await trials.faults(of: bench, isTold: number == effects.count).map {
                    "the power failed \(place), the database after commit \(database): \($0)\nfrom \(state)"
                }
            }
        }
        return faults
    }
}
