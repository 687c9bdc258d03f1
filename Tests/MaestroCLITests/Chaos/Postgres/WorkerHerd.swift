// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
@testable import MaestroStores
import Subprocess
import Synchronization

/// Workers as processes, killed, stopped and continued at random, and started again.
final class WorkerHerd: Sendable {
    /// What went on.
    struct Values {
        var processes = 0
        var kills = 0
        /// From when to when each was stopped, in milliseconds since 1970.
        var stops: [(process: Int32, from: Int, to: Int)] = []
        var terminations = 0
        var hastened = 0
        /// Processes that were killed or stopped: whose leases may be lost.
        var struck: Set<Int32> = []
        /// Killed ones whose leases are not left to run out by themselves.
        var hurried: Set<Int32> = []
        /// Processes that ended in a way that nobody asked for.
        var crashes: [String] = []
        var remarks: [String] = []
        var isOver = false

        /// Whether a claim that `worker` committed at that time may have been held up by its being stopped: it had locked
        /// its users' rows before, and committed when it was continued.
        func heldUp(_ worker: String?, at moment: Int) -> Bool {
            stops.contains { stop in
                worker?.hasPrefix("pid \(stop.process) on ") == true && (stop.from...stop.to + 500).contains(moment)
            }
        }
    }

    private let maestro: Binary
    private let store: PostgresStore
    private let size: CrowdSize
    private let state = Mutex(Values())

    init(_ maestro: Binary, _ store: PostgresStore, _ size: CrowdSize) {
        self.maestro = maestro
        self.store = store
        self.size = size
    }

    var values: Values { state.withLock { $0 } }

    func end() { state.withLock { $0.isOver = true } }

    var line: String {
        let now = values
        return "\(now.processes) workers, \(now.kills) killed, \(now.stops.count) stopped and continued, "
            + "\(now.terminations) told to stop, leases of \(now.hastened) jobs cut short"
    }

    /// Four at a time, until the end.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { while !self.values.isOver { try await self.live() } }
            }
            group.addTask {
                while !self.values.isOver {
                    // Again and again: what a process sent before it died may be carried out after it.
                    try await self.hasten(self.values.hurried)
                    await self.pause(200...300)
                }
            }
            try await group.waitForAll()
        }
    }

    private func live() async throws {
        let finished = try await maestro.run(["work", "--log-level", "notice"]) { process, send in
            repeat {
                await pause(size.isLarge ? 2_000...20_000 : 500...2_500)
            } while try await strike(process, send)
        }
        state.withLock { values in
            values.processes += 1
            values.remarks += finished.err.split(separator: "\n").map(String.init).filter { !$0.contains(" notice ") }
            if finished.code == 0 { return }
            if case .signaled(let number) = finished.status, [9, 15].contains(number) { return }
            // Before it works it ends as any command does: by SIGTERM, and where the server is just being restarted.
            let hasStarted = finished.err.contains(" notice worker starts")
            if !hasStarted, finished.code == 143 || finished.code == 1 && finished.err.contains("PostgreSQL") { return }
            values.crashes.append("\(finished.status) \(finished.err.suffix(500))")
        }
    }

    /// False where the process ends by it.
    private func strike(_ process: Int32, _ send: (Signal) throws -> Void) async throws -> Bool {
        switch values.isOver ? 9 : Int.random(in: 0...9) {
        case 0...4:
            noteStrike(on: process)
            state.withLock { $0.kills += 1 }
            guard signal(.kill, send) else { return false }
            if !size.isLarge || Int.random(in: 0...3) > 0 { state.withLock { _ = $0.hurried.insert(process) } }
            return false
        case 5...8:
            noteStrike(on: process)
            let start = Date.now
            guard signal(.suspend, send) else { return false }
            // Now and then so long that the lease runs out by itself.
            let isLong = size.isLarge && Int.random(in: 0...9) == 0
            await pause(isLong ? 65_000...70_000 : 50...2_000)
            if Bool.random() { try await hasten([process]) }
            await pause(50...2_000)
            state.withLock { $0.stops.append((process, Self.milliseconds(start), Self.milliseconds(.now))) }
            return signal(.resume, send)
        default:
            state.withLock { $0.terminations += 1 }
            _ = signal(.terminate, send)
            return false
        }
    }

    private func noteStrike(on process: Int32) { state.withLock { _ = $0.struck.insert(process) } }

    private static func milliseconds(_ date: Date) -> Int { Int(date.timeIntervalSince1970 * 1000) }

    /// As though the minute of its leases were over.
    private func hasten(_ processes: Set<Int32>) async throws {
        let rows = try await store.read(
            """
            UPDATE jobs SET leased_until = 0 WHERE (user_id, id) IN (
                SELECT user_id, id FROM jobs WHERE state = 'running' AND leased_until > 0
                    AND split_part(worker, ' ', 2) IN (SELECT value FROM json_array_elements_text($1::json))
                FOR UPDATE SKIP LOCKED
            ) RETURNING id
            """,
            try SQLRows(processes.map { String($0) })
        )
        state.withLock { $0.hastened += rows.count }
    }

    /// Milliseconds, less where all is over.
    private func pause(_ range: ClosedRange<Int>) async {
        let end = ContinuousClock.now + .milliseconds(Int.random(in: range))
        while !values.isOver, .now < end { _ = try? await Task.sleep(for: .milliseconds(20)) }
    }

    /// False where the process has ended by itself.
    private func signal(_ signal: Signal, _ send: (Signal) throws -> Void) -> Bool {
        do { try send(signal) } catch { return false }
        return true
    }
}
#endif
