// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import Maestro
import struct SystemPackage.FilePath

extension LocalStore {
    package func storedReply(for reflection: Reflection.ID) async throws -> StoredReply? {
        try await blocking { store in try store.ledger.read { try ReplyRows.reply(for: reflection, in: $0) } }
    }

    package func keep(_ reply: StoredReply, for claim: Claim, costing attempt: Attempt) async throws {
        try await blocking { store in
            try store.ledger.write { db in
                try ReplyRows.keep(reply, for: claim, at: store.now, in: db)
                try ReplyRows.record(attempt, in: db)
            }
        }
    }

    package func record(_ attempt: Attempt) async throws {
        try await blocking { store in try store.ledger.write { try ReplyRows.record(attempt, in: $0) } }
    }

    package func record(_ recall: RecallRecord) async throws {
        try await blocking { store in try store.ledger.write { try MetricRows.record(recall, in: $0) } }
    }

    package func reflections(_ query: HistoryQuery) async throws -> [Reflection] {
        try await blocking { store in try store.ledger.read { try ReflectionRows.reflections(query, in: $0) } }
    }

    package func reflections(withPrefix prefix: String, of user: UserID) async throws -> [Reflection] {
        if prefix == "last" { return try await reflections(HistoryQuery(user: user, limit: 1)) }
        return try await blocking { store in
            try store.ledger.read { try ReflectionRows.reflections(withPrefix: prefix, of: user, in: $0) }
        }
    }

    package func receipt(for reflection: Reflection.ID, of user: UserID) async throws -> Receipt? {
        try await blocking { store in
            let receipt = try store.ledger.read { try store.receipt(for: reflection, in: $0) }
            return receipt?.reflection.user == user ? receipt : nil
        }
    }

    func receipt(for id: Reflection.ID, in db: Database) throws -> Receipt? {
        try history(of: id, in: db).map(receipt(of:))
    }

    func receipt(of history: ReflectionHistory) -> Receipt {
        let reflection = history.reflection
        return history.receipt(folder: snapshotPath(of: reflection.id, user: reflection.user).string)
    }

    package func operations(of reflection: Reflection.ID, user: UserID) async throws -> [AppliedOperation] {
        try await blocking { store in
            try store.ledger.read { db in
                guard try ReflectionRows.reflection(reflection, in: db)?.user == user else { return [] }
                return try PlanRows.applied(of: reflection, in: db)
            }
        }
    }

    package func job(_ job: Job.ID, user: UserID) async throws -> Job? {
        try await blocking { store in
            let standing = try store.ledger.read { try JobRows.standing(of: job, user: user, in: $0) }
            guard standing?.isReadable ?? true else { throw UnreadableJob.error(job) }
            return standing?.job
        }
    }

    package func activity(of job: Job.ID, user: UserID) async throws -> Activity? {
        try await blocking { store in
            try store.ledger.read { try ActivityRows.activity(of: job, user: user, in: $0) }
        }
    }

    package func waiting(of user: UserID) async throws -> [WaitingChange] {
        try await blocking { store in
            try store.ledger.read { db in
                try ChangeRows.waiting(of: user, in: db).compactMap { id, decision in
                    try ReflectionRows.reflection(id.reflection, in: db)
                        .map { WaitingChange(id: id, decision: decision, reflection: $0) }
                }
            }
        }
    }

    package func authors(of user: UserID) async throws -> [DocumentPath: Reflection.ID] {
        try await blocking { store in
            let writes = try store.ledger.read { try PlanRows.newestWrites(of: user, in: $0) }
            guard let root = try Directory.open(store.folder(of: user).path, .none) else { return [:] }
            var authors: [DocumentPath: Reflection.ID] = [:]
            for write in writes {
                guard let hash = write.hash, let text = try UserFolder.read(write.path, of: root).text else { continue }
                if ContentHash(of: text).hex == hash { authors[write.path] = write.reflection }
            }
            return authors
        }
    }

    package func confirmations(of user: UserID) async throws -> [String: Int] {
        try await blocking { store in try store.ledger.read { try ChangeRows.confirmations(of: user, in: $0) } }
    }

    package func metrics(of user: UserID?) async throws -> [Metric] {
        try await blocking { store in try store.ledger.read { try MetricRows.metrics(of: user, in: $0) } }
    }

    package func codeCounts(of user: UserID?) async throws -> [Rejection: Int] {
        try await blocking { store in try store.ledger.read { try ChangeRows.codeCounts(of: user, in: $0) } }
    }

    package func users() async throws -> [UserID] {
        try await blocking { store in
            let rows = try store.ledger.read { try String.fetchAll($0.cachedStatement(sql: "SELECT id FROM users")) }
            let folders = try Directory.open(store.configuration.users, .none)?.names() ?? []
            return Set(rows + folders.compactMap(PathComponent.decoding)).sorted().map { UserID($0) }
        }
    }
}
