// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// The queue at one moment, in words: what waits, who works, what holds it back.
struct QueueStanding {
    let backlog: Backlog
    let workers: [WorkerStatus]
    let pauses: [Pause]

    init(backlog: Backlog, workers: [WorkerStatus], pauses: [Pause]) {
        self.backlog = backlog
        self.workers = workers
        self.pauses = pauses
    }

    /// `user` nil: of all users.
    init(of store: any Store, user: UserID?) async throws {
        backlog = try await store.backlog(of: user)
        workers = try await store.workers()
        pauses = try await store.pauses().filter { user == nil || $0.user == nil || $0.user == user }
    }

    /// `3 queued, 1 running, 2 dead`.
    var counts: String {
        let order: [JobState] = [.queued, .running, .done, .dead, .cancelled]
        let parts = order.compactMap { state in backlog.counts[state].map { "\($0) \(state.rawValue)" } }
        return parts.isEmpty ? "no job was ever submitted" : parts.joined(separator: ", ")
    }

    var worker: String {
        switch workers.count {
        case 0: "no worker runs"
        case 1: "a worker runs (\(workers[0].name))"
        default: "\(workers.count) workers run (\(workers.map(\.name).joined(separator: ", ")))"
        }
    }

    /// What to know after submitting: how much waits, who will do it, and what to do where nobody will.
    var afterSubmitting: [String] {
        guard backlog.queued > 0 else { return ["Nothing waits in the queue"] }
        let held = backlog.paused > 0 ? ", \(backlog.paused) of them paused" : ""
        let state = "\(backlog.queued) wait\(backlog.queued == 1 ? "s" : "") in the queue\(held); \(worker)"
        return workers.isEmpty ? [state, "Next: maestro work --drain, or maestro work to keep one running"] : [state]
    }

    var pauseLines: [String] {
        pauses.map { pause in
            let who = pause.user.map { "user `\($0)`" } ?? "all users"
            let until = pause.until.map { " until \($0.formatted(.iso8601))" } ?? ""
            let whose = pause.user.map { " --user \($0)" } ?? " --all"
            return
                "Paused: \(who)\(until)\(pause.reason.map { " (\($0))" } ?? ""); maestro pause --off\(whose) takes it back"
        }
    }
}
