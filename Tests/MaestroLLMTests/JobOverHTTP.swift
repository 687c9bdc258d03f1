// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroLLM
import MaestroStores
import MaestroTestServer
import MaestroTesting
import SystemPackage

/// Jobs on a real store in the test's folder, reflected on over HTTP as a worker does it.
final class JobOverHTTP: Sendable {
    /// A reply that adds one entry.
    static let add = """
        {"reasoning":"r","memory_changes":[{"op":"add","name":"feedback-run-the-linter","type":"feedback",\
        "description":"Linting: run it first","body":"Run the linter. **Why:** said so. **How to apply:** always.",\
        "merge_target":"","events":[1],"quote":"run the linter first"}],"piece_edit":{"why":"","events":[],"edits":[]}}
        """

    /// What came of one run.
    struct Result {
        let outcome: JobRun.Outcome
        /// Chat calls that the server saw for it.
        let calls: [RecordedRequest]

        var receipt: Receipt? { if case .ended(let receipt) = outcome.ending { receipt } else { nil } }
        var remedy: Remedy? { outcome.error.map { Remedy(for: $0) } }
        var lesson: EndpointGate.Lesson? { outcome.lesson }
    }

    private struct NotClaimed: Error {}

    private let store: LocalStore
    private let user = UserID("ana")

    init() async throws {
        var configuration = LocalStore.Configuration(data: TemporaryFolder.path.appending("data"))
        configuration.now = { Asking.now }
        configuration.allowNetworkFileSystem = true
        store = try await LocalStore.open(configuration)
    }

    /// A long job, whose digest is cut to its budget.
    private static let activity = Activity(
        format: "test",
        events: (1...200).map { number in
            let words = number == 1 ? "Please run the linter first" : "Line \(number) of what the two of us did today."
            return Event(number: number, actor: .user, kind: .message, text: words, line: number)
        }
    )

    func run(_ id: String, _ reflector: LLMReflector, _ server: TestServer) async throws -> Result {
        let job = Job(id: Job.ID(id), user: user)
        _ = try await store.submit(job, Self.activity)
        guard case .claimed(let claim) = try await store.claim(job.id, of: user) else { throw NotClaimed() }
        let callsBefore = server.requests.count
        let runner = ReflectionRunner(store: store, reflector: reflector, settings: Settings(), now: { Asking.now })
        let run = JobRun(
            store: store,
            runner: runner,
            reflectorName: reflector.name,
            policy: RetryPolicy(),
            now: { Asking.now }
        )
        let outcome = await run.run(claim)
        return Result(outcome: outcome, calls: Array(server.requests.dropFirst(callsBefore)))
    }
}
