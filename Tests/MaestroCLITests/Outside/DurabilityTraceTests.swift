// SPDX-License-Identifier: Apache-2.0
import MaestroTesting
import Testing

/// The rules, on what the real binary does.
@Suite(.temporaryFolder, .timeLimit(.minutes(5)), .enabled(if: Strace.isUsable, Strace.absence))
struct `What the binary makes durable` {
    @Test(arguments: OutsideForm.current.scenarios)
    func `comes in the right order, and no sync of it can be left out`(in scenario: Scenario) async throws {
        let stage = try await Stage(scenario)
        let order = DurabilityOrder(data: stage.traced, defersSnapshots: scenario == .work)
        let breaches = order.breaches(in: stage.trace)
        #expect(breaches == [], "\(scenario)")

        // The test of the test: without any one sync of a document or snapshot, or without the commit's, a rule is broken.
        let syncs = stage.trace.calls.filter { if case .sync = $0.effect { true } else { false } }
        let needed = syncs.filter { sync in
            order.breaches(in: SystemCallTrace(stage.trace.calls.filter { $0 != sync })) != []
        }
        let ofUser = syncs.filter { $0.descriptors[0].hasPrefix(stage.traced + "/users/me/") }
        #expect(ofUser.filter { !needed.contains($0) } == [], "\(scenario)")
        // A recovery commits nothing: whether it syncs the log depends on whether the database is closed before the process ends.
        let isCommit = needed.contains { $0.descriptors[0].hasSuffix("-wal") }
        #expect(isCommit || scenario == .recovery, "\(scenario)")
        OutsideForm.say(
            "order of durability in \(scenario): \(stage.trace.calls.count) calls, no rule broken; without one of "
                + "\(needed.count) of its \(syncs.count) syncs one is"
        )
    }
}
