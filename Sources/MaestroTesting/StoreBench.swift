// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Maestro
import Testing

/// One store under test, with the few moves that behaviours are made of.
package struct StoreBench: Sendable {
    package let clock: ManualClock
    /// Opens the store of this test anew, as another process would.
    package let open: @Sendable () async throws -> any Store

    package let user = UserID("me")
    package let project = Scope.project("github.com/acme/app")

    package init(clock: ManualClock, open: @escaping @Sendable () async throws -> any Store) {
        self.clock = clock
        self.open = open
    }

    package func job(_ id: String, piece: String? = "fix-issue") -> Job {
        Job(id: Job.ID(id), user: user, scope: project, piece: piece, task: "mend it", outcome: JobOutcome(.succeeded))
    }

    package func job(_ id: String, of user: String) -> Job {
        var job = job(id)
        job.user = UserID(user)
        return job
    }

    /// A transcript of so many turns.
    package func activity(events: Int) -> Activity {
        var activity = activity
        activity.events += (1...events).dropFirst().map {
            Event(number: $0, actor: .user, kind: .message, text: "Please run linter \($0) first.", line: $0)
        }
        return activity
    }

    package var activity: Activity {
        Activity(
            format: "text",
            events: [Event(number: 1, actor: .user, kind: .message, text: "Please run the linter first.", line: 1)]
        )
    }

    package var report: Report {
        Report(reflector: "scripted", model: "m", digest: DigestSize(bytes: 10, ofBytes: 20), startedAt: clock.now)
    }

    /// An ask that cost these tokens; nil: nobody counted.
    package func attempt(for claim: Claim, tokensIn: Int? = nil, tokensOut: Int? = nil, error: String? = nil) -> Attempt
    {
        Attempt(
            reflection: claim.reflection,
            startedAt: clock.now,
            durationMilliseconds: 5,
            tokensIn: tokensIn,
            tokensOut: tokensOut,
            error: error
        )
    }

    /// Submits and claims.
    package func claim(_ id: String, in store: any Store) async throws -> Claim {
        _ = try await store.submit(job(id), activity)
        guard case .claimed(let claim) = try await store.claim(Job.ID(id), of: user) else {
            throw BenchFailure("job \(id) could not be claimed")
        }
        return claim
    }

    package func request(_ claim: Claim) -> CommitRequest {
        CommitRequest(
            reflection: claim.reflection,
            kind: .job,
            user: user,
            scope: claim.job.scope,
            claim: claim,
            report: report
        )
    }

    /// The text of an entry's file.
    package func text(_ name: String, _ description: String, body: String = "Do it.") -> String {
        "---\nname: \(name)\ndescription: \(description)\ntype: feedback\n---\n\n\(body)\n"
    }

    package func path(_ name: String, in scope: Scope? = nil) throws -> DocumentPath {
        .entry(scope ?? project, stem: try #require(EntryName(name)))
    }

    package func add(_ name: String, _ description: String = "a rule", ordinal: Int = 1) throws -> Decision {
        let write = DocumentWrite(path: try path(name), before: nil, after: text(name, description))
        return decision(.add, name, ordinal: ordinal, writes: [write])
    }

    package func update(
        _ name: String,
        from old: String,
        to new: String,
        ordinal: Int = 1
    ) throws -> Decision {
        let write = DocumentWrite(path: try path(name), before: text(name, old), after: text(name, new))
        return decision(.update, name, ordinal: ordinal, writes: [write])
    }

    package func remove(_ name: String, _ description: String = "a rule", ordinal: Int = 1) throws -> Decision {
        let write = DocumentWrite(path: try path(name), before: text(name, description), after: nil)
        return decision(.remove, name, ordinal: ordinal, writes: [write])
    }

    package func decision(
        _ operation: Change.Operation,
        _ name: String,
        ordinal: Int = 1,
        verdict: Decision.Verdict = .accepted,
        code: Rejection? = nil,
        type: EntryType = .project,
        writes: [DocumentWrite] = []
    ) -> Decision {
        let change = MemoryChange(operation: operation, name: name, type: type, description: "a rule", body: "Do it.")
        return Decision(
            ordinal: ordinal,
            operation: operation,
            name: name,
            scope: project,
            verdict: verdict,
            code: code,
            message: "as it was asked",
            proposed: ProposedChange(ordinal: ordinal, change: .memory(change), events: [1]),
            evidence: [.init(event: 1, line: 1, actor: .user, text: "Please run the linter first.")],
            writes: writes
        )
    }

    /// Runs one whole reflection with these decisions.
    @discardableResult
    package func reflect(_ id: String, _ decisions: [Decision], in store: any Store) async throws -> Receipt {
        let claim = try await claim(id, in: store)
        return try await store.commit(request(claim)) { _ in Judgement(reasoning: "because", decisions: decisions) }
    }

    /// Takes reflections back, as one commit of its own.
    @discardableResult
    package func revert(_ ids: [Reflection.ID], as id: String, in store: any Store) async throws -> Receipt {
        var operations: [AppliedOperation] = []
        for id in ids { operations += try await store.operations(of: id, user: user) }
        let request = CommitRequest(
            reflection: Reflection.ID(id),
            kind: .revert,
            user: user,
            scope: project,
            report: Report(reflector: "revert", startedAt: clock.now),
            paths: operations.map(\.write.path),
            reverts: ids.map(\.rawValue)
        )
        return try await store.commit(request) { [operations] now in
            try Revert(operations: operations, now: now).judgement
        }
    }

    package func entries(in store: any Store) async throws -> [String: String] {
        let state = try await store.state(of: user, in: project)
        return Dictionary(
            state.entries.map { ($0.name.rawValue, $0.description) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}

/// A test that could not get as far as its expectation.
package struct BenchFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
