// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Something done with each of several jobs; where it fails with one, the others are done all the same.
struct NamedJobs {
    let store: any Store
    let user: UserID

    private(set) var done: [QueuedJob] = []
    private(set) var problems: [Failure] = []

    init(store: any Store, user: UserID) {
        self.store = store
        self.user = user
    }

    /// The jobs that a person means by `ids`, each once; an id that means none is a problem.
    mutating func find(_ ids: [String]) async throws -> [QueuedJob] {
        let known = IDs(store: store, user: user)
        var jobs: [QueuedJob] = []
        for id in ids {
            try await attempt {
                let job = try await known.job(id)
                if !jobs.contains(where: { $0.job.id == job.job.id }) { jobs.append(job) }
            }
        }
        return jobs
    }

    /// Calls `act` with each of `jobs`.
    mutating func forEach(_ jobs: [QueuedJob], _ act: (QueuedJob) async throws -> Void) async throws {
        for job in jobs where try await attempt({ try await act(job) }) { done.append(job) }
    }

    /// False where `body` failed, which is kept; only being told to stop ends all.
    @discardableResult
    private mutating func attempt(_ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return true
        } catch is CancellationError {
            throw Failure(CancellationError())
        } catch {
            problems.append(Failure(error))
            return false
        }
    }

    /// - Throws: ``Failure`` where something failed: the one there is as it is; several are said, and counted.
    func checkAllDone(_ verb: String, others: String) throws {
        let count = done.count + problems.count
        if count == 1, let problem = problems.first { throw problem }
        problems.forEach { Terminal.error($0.message, hint: $0.hint) }
        guard !problems.isEmpty else { return }
        throw Failure.work(
            "\(problems.count) of \(count) jobs could not be \(verb)",
            hint: done.isEmpty ? "nothing was changed" : "the others are \(others)"
        )
    }
}
