// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Testing

/// The runner on a real store: only the model is a script.
@Suite(.temporaryFolder, .timeLimit(.minutes(2))) struct `A reflection from start to end` {
    private static let add = """
        {"reasoning":"r","memory_changes":[{"op":"add","name":"feedback-run-the-linter","type":"feedback",\
        "description":"Linting: run it first","body":"Run the linter. **Why:** said so. **How to apply:** always.",\
        "merge_target":"","events":[1],"quote":"run the linter first"}],"piece_edit":{"why":"","events":[],"edits":[]}}
        """
    private static let activity = Activity(
        format: "test",
        events: [Event(number: 1, actor: .user, kind: .message, text: "Please run the linter first", line: 1)]
    )

    private let local = LocalBench()

    private func claim(_ id: String, in store: LocalStore) async throws -> Claim {
        let job = Job(id: Job.ID(id), user: local.bench.user, scope: local.bench.project)
        _ = try await store.submit(job, Self.activity)
        guard case .claimed(let claim) = try await store.claim(job.id, of: job.user) else { throw NotClaimed() }
        return claim
    }

    private struct NotClaimed: Error {}

    private func run(_ claim: Claim, _ reflector: ScriptedReflector, in store: any Store) async throws -> Receipt {
        let now: @Sendable () -> Date = { [clock = local.clock] in clock.now }
        let runner = ReflectionRunner(store: store, reflector: reflector, settings: Settings(), now: now)
        let run = JobRun(store: store, runner: runner, reflectorName: reflector.name, policy: nil, now: now)
        let outcome = await run.run(claim)
        guard case .ended(let receipt) = outcome.ending else { throw outcome.error ?? NotClaimed() }
        return receipt
    }

    @Test func `applies, and leaves one metric row and one attempt's tokens`() async throws {
        let store = try await local.open()
        let reflector = ScriptedReflector(reply: Self.add)
        let receipt = try await run(try await claim("a", in: store), reflector, in: store)

        #expect(receipt.reflection.outcome == .applied)
        #expect(receipt.decisions.map(\.verdict) == [.accepted])
        #expect(receipt.reflection.tokensIn == 100 && receipt.reflection.tokensOut == 20)
        let metrics = try await store.metrics(of: local.bench.user)
        #expect(metrics.map(\.outcome) == [.applied])
        #expect(metrics.first?.tokensIn == 100 && metrics.first?.memoryChanges == 1)
        #expect(reflector.prompts.count == 1)
    }

    @Test func `asks once more where a reply cannot be used, quoting what was wrong`() async throws {
        let store = try await local.open()
        let reflector = ScriptedReflector([
            .reply(ReflectorReply(text: "I think so.", tokensIn: 10, tokensOut: 5)),
            .reply(ReflectorReply(text: Self.add, tokensIn: 12, tokensOut: 6)),
        ])
        let receipt = try await run(try await claim("a", in: store), reflector, in: store)

        #expect(receipt.reflection.outcome == .applied)
        #expect(receipt.reflection.tokensIn == 22 && receipt.reflection.tokensOut == 11)
        #expect(reflector.prompts.count == 2)
        #expect(reflector.prompts.last?.user.contains("Your last reply could not be used: ") == true)
    }

    @Test func `fails after the second unusable reply, with a row, and works when asked for again`() async throws {
        let store = try await local.open()
        let bad = ScriptedReflector(reply: "still no JSON")
        let failed = try await run(try await claim("a", in: store), bad, in: store)
        let state = try await store.state(of: local.bench.user, in: local.bench.project)
        let metrics = try await store.metrics(of: local.bench.user)

        #expect(failed.reflection.outcome == .failed && failed.reflection.error?.isEmpty == false)
        #expect(bad.prompts.count == 2)
        #expect(state.entries.isEmpty)
        #expect(metrics.map(\.outcome) == [.failed])

        let again = try await run(try await claim("a", in: store), ScriptedReflector(reply: Self.add), in: store)
        #expect(again.reflection.outcome == .applied)
        #expect(again.reflection.id == failed.reflection.id)
        #expect(try await store.metrics(of: local.bench.user).map(\.outcome) == [.applied])
    }

    @Test(arguments: [
        ReflectorError.unreachable("no answer", wasSent: false), .refused("wrong key", status: 401),
        .contextTruncated("cut", limitTokens: nil),
        .timedOut("late"),
    ])
    func `makes a failed call one clear error, one call and one row`(error: ReflectorError) async throws {
        let store = try await local.open()
        let reflector = ScriptedReflector([.failure(error)])
        let receipt = try await run(try await claim("a", in: store), reflector, in: store)

        #expect(receipt.reflection.outcome == .failed)
        #expect(receipt.reflection.error == error.sentence)
        #expect(reflector.prompts.count == 1)
        #expect(try await store.metrics(of: local.bench.user).count == 1)
    }

    @Test func `never asks again for a reply that was kept, and judges it against its own base`() async throws {
        let store = try await local.open()
        let first = try await claim("a", in: store)
        let state = try await store.state(of: first.job.user, in: first.job.scope)
        let inputs = ReflectionInputs(job: first.job, activity: first.activity, state: state)
        try await store.keep(
            StoredReply(
                reply: ReflectorReply(text: Self.add),
                base: inputs.base,
                reflector: "scripted",
                digest: inputs.digest.size
            ),
            for: first,
            costing: local.bench.attempt(for: first)
        )
        let reflector = ScriptedReflector(reply: "must not be asked")
        let receipt = try await run(first, reflector, in: store)

        #expect(receipt.reflection.outcome == .applied)
        #expect(reflector.prompts.isEmpty)
        // Nobody was asked, so nothing is known of who may be.
        #expect(JobRun.Outcome(ending: .ended(receipt), error: nil).lesson == nil)
        let asked = try await run(try await claim("b", in: store), ScriptedReflector(reply: Self.add), in: store)
        #expect(JobRun.Outcome(ending: .ended(asked), error: nil).lesson == .answered)
    }

    /// The process died, or had to wait, after a reply that was no good: the second ask is left, and no third.
    @Test(arguments: ["not JSON", ""], [false, true])
    func `asks once more at most, whoever goes on with the job`(text: String, wasAskedAgain: Bool) async throws {
        let store = try await local.open()
        let first = try await claim("a", in: store)
        var kept = StoredReply(
            reply: ReflectorReply(text: text),
            base: Base(),
            reflector: "scripted",
            digest: DigestSize(bytes: 1, ofBytes: 1)
        )
        kept.wasAskedAgain = wasAskedAgain
        if text.isEmpty { kept.problem = "the reply was cut off" }
        try await store.keep(kept, for: first, costing: local.bench.attempt(for: first))
        let reflector = ScriptedReflector(reply: "not JSON either")
        #expect(try await run(first, reflector, in: store).reflection.outcome == .failed)
        #expect(reflector.prompts.count == (wasAskedAgain ? 0 : 1))

        let again = ScriptedReflector(reply: Self.add)
        #expect(try await run(try await claim("a", in: store), again, in: store).reflection.outcome == .applied)
        #expect(again.prompts.count == 1)
    }

    @Test func `leaves alone an entry that a person edits while the model thinks`() async throws {
        let store = try await local.open()
        _ = try await run(try await claim("a", in: store), ScriptedReflector(reply: Self.add), in: store)
        let update = Self.add.replacing("\"op\":\"add\"", with: "\"op\":\"update\"").replacing(
            "Run the linter.",
            with: "Never run it."
        )
        let path = DocumentPath.folder(of: local.bench.project) + "/feedback-run-the-linter.md"
        let mine = try local.read(path).replacing("Run the linter.", with: "Run the linter twice.")
        let reflector = ScriptedReflector([
            .after({ [local] in try local.write(mine, to: path) }, ReflectorReply(text: update))
        ])
        let receipt = try await run(try await claim("b", in: store), reflector, in: store)

        #expect(receipt.decisions.map(\.code) == [.stale])
        #expect(try local.read(path) == mine)
    }

    @Test func `ends as cancelled when its task is, with a row, and can be done again`() async throws {
        let store = try await local.open()
        let first = try await claim("a", in: store)
        let (started, begun) = AsyncStream<Void>.makeStream()
        let reflector = ScriptedReflector([
            .after(
                {
                    begun.finish()
                    try await Task.sleep(for: .seconds(3600))
                },
                ReflectorReply(text: Self.add)
            )
        ])
        let work = Task { try await run(first, reflector, in: store) }
        for await _ in started {}
        work.cancel()

        #expect(try await work.value.reflection.outcome == .cancelled)
        #expect(try await store.metrics(of: local.bench.user).map(\.outcome) == [.cancelled])
        let again = try await run(try await claim("a", in: store), ScriptedReflector(reply: Self.add), in: store)
        #expect(again.reflection.outcome == .applied)
    }
}
