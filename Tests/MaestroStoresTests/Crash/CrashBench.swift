// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath

/// One data folder with all that happens to it in one trial: processes, a clock, and a model that counts its calls.
final class CrashBench: Sendable {
    let local: LocalBench
    private let model = Mutex(ScriptedReflector(reply: CrashBench.reply(citing: 1)))

    var stores: StoreBench { local.bench }
    /// How often the model was asked in this trial.
    var calls: Int { model.withLock { $0.prompts.count } }

    init(in folder: FilePath, defersSnapshots: Bool, boot: String = "first") {
        local = LocalBench(data: folder, defersSnapshots: defersSnapshots, boot: boot)
    }

    /// Changes one entry, removes another, and adds a third.
    private static func reply(citing event: Int) -> String {
        """
        {"reasoning":"r","memory_changes":[\
        {"op":"update","name":"one","type":"feedback","description":"changed","body":"","merge_target":"","events":[\(event)],\
        "quote":""},\
        {"op":"remove","name":"two","type":"feedback","description":"","body":"","merge_target":"","events":[\(event)],\
        "quote":""},\
        {"op":"add","name":"feedback-run-the-linter","type":"feedback","description":"Linting: run it first",\
        "body":"Run the linter. **Why:** said so. **How to apply:** always.","merge_target":"","events":[\(event)],"quote":""}\
        ],"piece_edit":{"why":"","events":[],"edits":[]}}
        """
    }

    /// The first call ends in a failure of the server.
    func failsOnce() {
        let reply = ReflectorReply(text: Self.reply(citing: 1), model: "scripted-1", tokensIn: 100, tokensOut: 20)
        answers([.failure(.serverFailed("503", status: 503)), .reply(reply)])
    }

    /// The model rests on this event.
    func cites(_ event: Int) { answers([.reply(ReflectorReply(text: Self.reply(citing: event)))]) }

    private func answers(_ answers: [ScriptedReflector.Answer]) {
        model.withLock { model in
            if model.prompts.isEmpty { model = ScriptedReflector(answers) }
        }
    }

    func claim(_ id: String, in store: LocalStore) async throws -> ClaimResult {
        _ = try await store.submit(stores.job(id), stores.activity)
        return try await store.claim(Job.ID(id), of: stores.user)
    }

    /// Submits a job, claims it and runs it to its end; one that was done before stays as it is.
    func work(on id: String, in store: LocalStore) async throws {
        switch try await claim(id, in: store) {
        case .claimed(let claim): try await run(claim, in: store)
        case .finished: return
        case .busy(let sentence): throw BenchFailure(sentence)
        case .unknown: throw BenchFailure("job \(id) is unknown")
        }
    }

    func run(_ claim: Claim, in store: LocalStore) async throws {
        let now: @Sendable () -> Date = { [clock = local.clock] in clock.now }
        let reflector = model.withLock { $0 }
        let runner = ReflectionRunner(store: store, reflector: reflector, settings: Settings(), now: now)
        let run = JobRun(store: store, runner: runner, reflectorName: "scripted", policy: RetryPolicy(), now: now)
        let outcome = await run.run(claim)
        switch outcome.ending {
        case .ended: return
        case .postponed: if let error = outcome.error as? StoreError { throw error }
        case .lost, .stuck: throw outcome.error ?? BenchFailure("job \(claim.job.id) came to no end")
        }
    }
}
