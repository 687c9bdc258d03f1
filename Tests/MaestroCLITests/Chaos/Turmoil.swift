// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTestServer
import MaestroTesting
import Subprocess
import Synchronization
import struct SystemPackage.FilePath

/// Several processes on one data folder for a while, killed, stopped and continued at random.
struct Turmoil: Sendable {
    static let users = ["ada", "bob", "cyd"]

    let maestro: Binary
    let editors: [ChaosEditor]
    private let counts = Counts()
    private let end: ContinuousClock.Instant

    /// What went on.
    final class Counts: Sendable {
        struct Values {
            var processes = 0
            var kills = 0
            var stops = 0
            var acts = 0
            var removals = 0
            /// Jobs that a command said it had taken.
            var taken: Set<String> = []
            var next = 0
            /// Processes that ended in a way that nobody asked for.
            var crashes: [String] = []
        }
        let values = Mutex(Values())
    }

    init(_ server: TestServer) {
        maestro = Binary(
            environment: [
                "MAESTRO_LLM_ENDPOINT": server.url, "MAESTRO_LLM_MAX_CONCURRENT": "3",
                "MAESTRO_WORKER_RETRY_SECONDS": "0",
            ]
        )
        let users = URL(filePath: Binary.data.string).appending(path: "users")
        editors = Self.users.map { ChaosEditor(user: $0, in: users.appending(path: "\($0)/memory")) }
        end = .now + .seconds(ChaosLength.seconds)
    }

    var values: Counts.Values { counts.values.withLock { $0 } }

    var line: String {
        let now = values
        return "\(now.processes) processes, \(now.kills) killed, \(now.stops) stopped and continued, "
            + "\(now.taken.count) jobs, \(now.acts) acts of a person"
    }

    /// Everything at once, until the time is up.
    func rage(removing targets: [[String]] = []) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { try await repeating { try await disturbed(["work"]) } } }
            group.addTask { try await repeating { try await take() } }
            group.addTask { try await repeating { try await take() } }
            group.addTask { try await repeating { try await act() } }
            for editor in editors { group.addTask { try await repeating { try await edit(editor) } } }
            if !targets.isEmpty { group.addTask { try await repeating { try await remove(targets) } } }
            try await group.waitForAll()
        }
    }

    private func repeating(_ step: () async throws -> Void) async throws {
        // At least once, however slow the machine is.
        repeat { try await step() } while .now < end
    }

    /// A new job, by `submit` or in the foreground.
    private func take() async throws {
        let user = Self.users.randomElement() ?? ""
        let number = counts.values.withLock { values in
            values.next += 1
            return values.next
        }
        let file = TemporaryFolder.path.appending("\(user)-\(number).jsonl").string
        try ChaosModel.job(number, of: user).write(toFile: file, atomically: true, encoding: .utf8)
        let command = [Bool.random() ? "submit" : "reflect", file, "--user", user, "--project", "global"]
        guard try await disturbed(command).code == 0 else { return }
        counts.values.withLock { _ = $0.taken.insert("\(user)-\(number)") }
    }

    private func act() async throws {
        let entry = ChaosModel.entry(Int.random(in: 0..<ChaosModel.topics))
        let acts = [
            ["revert", "last"], ["review", "--accept", "last"], ["forget", entry, "--project", "global"],
            ["remember", "--project", "global", "Ask for \(Int.random(in: 0...99)) first"],
        ]
        counts.values.withLock { $0.acts += 1 }
        try await disturbed((acts.randomElement() ?? []) + ["--user", Self.users.randomElement() ?? ""])
    }

    private func edit(_ editor: ChaosEditor) async throws {
        if Int.random(in: 0..<20) == 0 { try await editor.addConflict() } else { try await editor.save() }
        try await Task.sleep(for: .milliseconds(Int.random(in: 5...60)))
    }

    private func remove(_ targets: [[String]]) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: 200...900)))
        for path in targets.randomElement() ?? [] {
            let path = Binary.data.appending(path).string
            // It may not be there, or be filled again while it goes.
            _ = Result { try FileManager.default.removeItem(atPath: path) }
        }
        counts.values.withLock { $0.removals += 1 }
    }

    /// Runs a command that is left alone, killed, or stopped for a while.
    @discardableResult
    private func disturbed(_ command: [String]) async throws -> Binary.Finished {
        let fate = command == ["work"] ? Int.random(in: 1...3) : Int.random(in: 0...3)
        let finished = try await maestro.run(command) { send in
            guard fate > 0 else { return }
            try await Task.sleep(for: .milliseconds(Int.random(in: 30...400)))
            if fate == 2 {
                guard signal(.suspend, send) else { return }
                counts.values.withLock { $0.stops += 1 }
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...500)))
                guard signal(.resume, send) else { return }
                try await Task.sleep(for: .milliseconds(Int.random(in: 30...400)))
            }
            if fate == 3, command == ["work"] {
                _ = signal(.terminate, send)
            } else if fate != 2 || command == ["work"] {
                if signal(.kill, send) { counts.values.withLock { $0.kills += 1 } }
            }
        }
        counts.values.withLock { values in
            values.processes += 1
            if let code = finished.code, [0, 1, 2, 143].contains(code) { return }
            // Before it listens, a worker ends by SIGTERM as any program does.
            if case .signaled(let number) = finished.status, [9, 15].contains(number) { return }
            values.crashes.append("\(command): \(finished.status) \(finished.err.suffix(500))")
        }
        return finished
    }

    /// False where the process has ended by itself.
    private func signal(_ signal: Signal, _ send: (Signal) throws -> Void) -> Bool {
        do { try send(signal) } catch { return false }
        return true
    }
}
