// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// The queue at one moment, in words: what waits, who works, what holds it back.
struct QueueStanding {
    let backlog: Backlog
    let workers: [WorkerStatus]
    let pauses: [Pause]
    /// Whose queue it is; nil: of all users.
    var user: UserID?
    /// Who asks about the queue of all users, and how many of the jobs that wait are theirs.
    var asker: (user: UserID, queued: Int)?

    init(
        backlog: Backlog,
        workers: [WorkerStatus],
        pauses: [Pause],
        user: UserID? = nil,
        asker: (user: UserID, queued: Int)? = nil
    ) {
        self.backlog = backlog
        self.workers = workers
        self.pauses = pauses
        self.user = user
        self.asker = asker
    }

    /// `user` nil: of all users.
    init(of store: any Store, user: UserID?) async throws {
        self.user = user
        backlog = try await store.backlog(of: user)
        workers = try await store.workers()
        pauses = try await store.pauses().filter { user == nil || $0.user == nil || $0.user == user }
    }

    /// Of all users, for one of them who queued something: see ``afterSubmitting``.
    init(afterSubmittingTo store: any Store, as user: UserID) async throws {
        try await self.init(of: store, user: nil)
        asker = (user, try await store.backlog(of: user).queued)
    }

    /// `3 queued, 1 running, 2 dead`.
    var counts: String {
        let order: [JobState] = [.queued, .running, .done, .dead, .cancelled]
        let parts = order.compactMap { state in backlog.counts[state].map { "\($0) \(state.rawValue)" } }
        guard parts.isEmpty else { return parts.joined(separator: ", ") }
        return user.map { "no job of user `\($0)`" } ?? "no job was ever submitted"
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
        let whose = asker.map(\.queued) ?? backlog.queued == backlog.queued ? "" : " of all users"
        let state = "\(backlog.queued)\(whose) wait\(backlog.queued == 1 ? "s" : "") in the queue\(held); \(worker)"
        if let resuming { return [state, "Next: \(resuming)"] }
        return workers.isEmpty ? [state, "Next: maestro work --drain, or maestro work to keep one running"] : [state]
    }

    /// The command that lets workers go on; nil where a pause does not hold back all that waits.
    var resuming: String? {
        guard backlog.queued > 0, backlog.paused == backlog.queued else { return nil }
        // That of all users first: without it the others hold back only some.
        let pause = pauses.first { $0.user == nil } ?? pauses.first { $0.user == asker?.user } ?? pauses.first
        return pause?.resuming
    }

    var pauseLines: [String] {
        pauses.map { pause in
            let until = pause.until.map { " until \($0.formatted(.iso8601))" } ?? ""
            let reason = pause.reason.map { " (\($0))" } ?? ""
            return "Paused: \(pause.who)\(until)\(reason); \(pause.resuming) takes it back"
        }
    }
}
