// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import Maestro
import Synchronization
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The embedded store as the source or the destination of a copy.
package final class LocalCopy: StoreImport {
    let local: LocalStore
    /// Of all users that have a row or a folder, sorted; as they were when reading of a kind began.
    private let users = Mutex<[UserID]>([])

    package init(_ store: LocalStore) { local = store }

    package var store: any Store { local }
    package var place: String { local.configuration.data.string }

    package func identity() async throws -> String {
        try await local.blocking { store in
            var info = stat()
            let path = store.configuration.database
            guard stat(path.string, &info) == 0 else { throw FileProblem.refused("look at", path, errno) }
            return "file \(info.st_dev) \(info.st_ino)"
        }
    }

    // MARK: - Who is at work

    package func settle() async throws {
        try await local.finishInterrupted()
        try await local.blocking { store in
            let busy = try store.ledger.read { try PlanRows.usersWithUnfinished(in: store.configuration.boot, $0) }
            guard let user = busy.first else { return }
            throw StoreError.locked(
                "a commit of user `\(user)` is under way at `\(store.configuration.data)`; nothing was copied"
            )
        }
        try await local.blocking { store in
            let gone = try store.goneHolders()
            guard !gone.isEmpty else { return }
            try store.ledger.write { db in for standing in gone { try store.takeOver(standing, in: db) } }
        }
    }

    package func liveClaims() async throws -> [LiveClaim] {
        try await local.blocking { store in
            let gone = Set(try store.goneHolders().map(\.reflection))
            let running = try store.ledger.read { db in
                try Row.fetchAll(db, sql: "SELECT * FROM jobs WHERE state = 'running' ORDER BY user, id")
                    .map(JobRows.standing(of:))
            }
            return try running.filter { !gone.contains($0.reflection) }.map { standing in
                let worker = try standing.holder.map { try store.presence.note(of: $0.worker) } ?? "somebody"
                return LiveClaim(worker: worker, job: standing.job.id, user: standing.job.user)
            }
        }
    }

    package func isHeldBack() async throws -> Bool {
        try await local.blocking { store in
            try store.ledger.read { db in
                try Bool.fetchOne(
                    db,
                    sql: "SELECT EXISTS (SELECT 1 FROM pauses WHERE user IS NULL AND reason = ?)",
                    arguments: [HoldBack.reason]
                ) ?? false
            }
        }
    }

    // MARK: - Reading

    package func records(_ kind: CopyKind, after key: CopyKey?, _ page: CopyPage) async throws -> [CopyRecord] {
        try await local.blocking { [self] store in
            if key == nil { users.withLock { $0 = [] } }
            switch kind {
            case .users: return try CopiedUsers(store: store, users: knownUsers()).records(after: key, page)
            case .documents: return try CopiedDocuments(store: store, users: knownUsers()).records(after: key, page)
            default: return try store.ledger.read { try CopyRows.records(kind, after: key, page, in: $0) }
            }
        }
    }

    package func leftovers() async throws -> [String] {
        try await local.blocking { [self] store in
            try CopyLeftovers(store: store, users: knownUsers()).places()
        }
    }

    /// Read anew where nobody asked before.
    private func knownUsers() throws -> [UserID] {
        let known = users.withLock { $0 }
        guard known.isEmpty else { return known }
        let rows = try local.ledger.read { try String.fetchAll($0, sql: "SELECT id FROM users") }
        let folders = try Directory.open(local.configuration.users, .none)?.names() ?? []
        let all = Set(rows.map { CopyValue.text($0) })
            .union(folders.compactMap(PathComponent.decoding).map { CopyValue.text($0) })
            .sorted().compactMap(\.text).map { UserID($0) }
        users.withLock { $0 = all }
        return all
    }
}

extension LocalStore {
    /// Running jobs whose process died, or whose lease or time in all is over.
    fileprivate func goneHolders() throws -> [JobRows.Standing] {
        let dead = try ledger.read { try JobRows.workers(in: $0) }.filter { try !presence.isAlive($0) }
        return try ledger.read { try JobRows.gone(at: self.now, deadWorkers: dead, in: $0) }
    }
}
