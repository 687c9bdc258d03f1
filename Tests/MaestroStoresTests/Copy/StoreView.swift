// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroTesting
import Testing

/// All that commands can tell of a store, but for places on disk.
struct StoreView: Equatable {
    var users: [UserID]
    var reflections: [Reflection]
    var decisions: [[Decision]] = []
    var operations: [[AppliedOperation]] = []
    var jobs: [QueuedJob]
    var waiting: [ChangeID] = []
    var metrics: [Metric]
    var codes: [Rejection: Int]
    var pauses: [Pause]
    var documents: [String] = []
    var authors: [[DocumentPath: Reflection.ID]] = []
    var confirmations: [[String: Int]] = []
    var counts: [JobState: Int]

    init(of store: any Store) async throws {
        users = try await store.users().sorted { $0.rawValue < $1.rawValue }
        reflections = try await store.reflections(HistoryQuery(limit: 1000))
        jobs = try await store.jobs(JobQuery(user: nil, limit: 1000))
        metrics = try await store.metrics(of: nil)
        codes = try await store.codeCounts(of: nil)
        pauses = try await store.pauses()
        counts = try await store.backlog(of: nil).counts
        for reflection in reflections {
            let receipt = try #require(try await store.receipt(for: reflection.id, of: reflection.user))
            decisions.append(receipt.decisions)
            operations.append(try await store.operations(of: reflection.id, user: reflection.user))
        }
        for user in users {
            waiting += try await store.waiting(of: user).map(\.id)
            authors.append(try await store.authors(of: user))
            confirmations.append(try await store.confirmations(of: user))
            for scope in [Scope.global, .project("github.com/acme/app"), FilledStore.longScope] {
                let state = try await store.state(of: user, in: scope)
                documents += state.entries.map { "\($0.path.relative)\n\($0.document.text)" }
                documents += state.pieces.names.compactMap {
                    state.pieces.isOwn(named: $0.rawValue) ? $0.rawValue : nil
                }
            }
        }
    }
}
