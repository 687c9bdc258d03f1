// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import struct SystemPackage.FilePath
import Testing

/// The process dies before each of its effects, one run for each, and so does the one that repairs it.
@Suite(.temporaryFolder, .timeLimit(.minutes(60))) struct `A crash` {
    @Test(arguments: CrashScenario.all)
    func `leaves a state from which the next run ends as if nothing had happened`(
        in scenario: CrashScenario
    )
        async throws
    {
        let trials = try await CrashTrials(of: scenario, in: TemporaryFolder.path)
        for number in CrashEffort.current.sample(of: trials.effects.count) {
            try await trials.crash(before: number)
        }
        CrashEffort.current.report("\(scenario.testDescription): \(trials.summary)")
    }

    /// Not a crash at all: the process goes on, and must not make it worse.
    @Test(arguments: CrashScenario.all, [true, false])
    func `that is only a disk which refuses loses nothing`(in scenario: CrashScenario, once isOnce: Bool) async throws {
        let trials = try await CrashTrials(of: scenario, in: TemporaryFolder.path)
        for number in CrashEffort.current.sample(of: trials.effects.count, atMost: 4) {
            try await trials.refuse(number, once: isOnce)
        }
        CrashEffort.current.report("\(scenario.testDescription), disk full: \(trials.summary)")
    }

    /// The worst: whoever repairs the first crash dies as well, anywhere.
    @Test(arguments: [CrashScenario.reflection, .revert])
    func `in the recovery is recovered from`(of scenario: CrashScenario) async throws {
        let trials = try await CrashTrials(of: scenario, in: TemporaryFolder.path)
        for number in CrashEffort.current.sample(of: trials.effects.count, atMost: 4) {
            let effects = try await trials.crash(before: number)
            for second in CrashEffort.current.sample(of: effects, atMost: 3) {
                try await trials.crash(before: number, thenBefore: second)
            }
        }
        CrashEffort.current.report("\(scenario.testDescription), twice: \(trials.summary)")
    }
}
