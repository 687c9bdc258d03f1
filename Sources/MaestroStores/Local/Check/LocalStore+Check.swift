// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import Maestro
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension LocalStore {
    /// Checks the whole data folder, or what belongs to one user, as it stands: nothing is finished or taken over first.
    ///
    /// Each user's lock is held while that user is looked at; where another process keeps it for longer than the
    /// configuration's bound, only the database is looked at, and a finding says so. With `repair`, what can be mended
    /// without losing anything is; a second call finds nothing wrong but what the first one left standing.
    package func check(user: UserID? = nil, repair: Bool = false) async throws -> [CheckFinding] {
        let database = DatabaseCheck(facts: try await blocking { try $0.databaseFacts() })
        var findings = database.findings.map(\.finding)
        if repair, database.findings.contains(where: { $0.repair == .sweepProcesses }) {
            try await blocking { try $0.presence.sweep() }
            for index in findings.indices where findings[index].code == .processGone {
                findings[index].mended = Repair.sweepProcesses.sentence
            }
        }
        let users = try await blocking { store in try user.map { [$0] } ?? store.usersToCheck() }
        for user in users { findings += try await check(user, repairs: repair && database.isTrustworthy) }
        return findings
    }

    private func check(_ user: UserID, repairs: Bool) async throws -> [CheckFinding] {
        do {
            // Taking the lock would make the folder of a user who has none.
            if !repairs, try await blocking({ try Directory.open($0.folder(of: user).path, .none) == nil }) {
                let judged = try await blocking { UserCheck(try $0.inspection(of: user)).findings }
                if try await blocking({ try Directory.open($0.folder(of: user).path, .none) == nil }) {
                    return judged.map(\.finding)
                }
            }
            return try await withUserLock(user) {
                try await blocking { store in
                    try repairs
                        ? store.repaired(user) : UserCheck(try store.inspection(of: user)).findings.map(\.finding)
                }
            }
        } catch StoreError.locked(let sentence) {
            let holder = sentence.prefix { $0 != ";" }
            return try await blocking {
                UserCheck(try $0.inspection(of: user, whileHeldBy: String(holder))).findings.map(\.finding)
            }
        } catch let error as StoreError {
            return [Self.failed(user, error)]
        }
    }

    static func failed(_ user: UserID, _ error: StoreError) -> CheckFinding {
        let hint = if case .unusable(_, let hint) = error { hint } else { "run it again" }
        return CheckFinding(
            .checkFailed,
            user: user,
            at: "users/\(user.folderName)",
            "could not be looked at: \(error.sentence)",
            mend: hint
        )
    }

    // MARK: - Reading

    private func usersToCheck() throws -> [UserID] {
        let folders = try Directory.open(configuration.users, .none)?.names().compactMap(PathComponent.decoding) ?? []
        do {
            return Set(try ledger.read { try CheckRows.users(in: $0) } + folders.map { UserID($0) })
                .sorted { $0.rawValue < $1.rawValue }
        } catch StoreError.unusable {
            // The database is damaged, which was said; the folders are still looked at.
            return folders.map { UserID($0) }
        }
    }

    private func databaseFacts() throws -> DatabaseFacts {
        var facts = try DatabaseFacts(of: ledger)
        facts.logBytes = ledger.logBytes
        facts.goneProcesses = try presence.gone()
        for path in [configuration.data, configuration.users, configuration.internals] {
            guard let mode = try Directory.open(path, .none)?.status()?.st_mode, mode & 0o077 != 0 else { continue }
            facts.openFolders[path.string] = String(mode & 0o777, radix: 8)
        }
        guard facts.integrity.isEmpty else { return facts }
        let known = Set(try ledger.read { try String.fetchAll($0, sql: "SELECT folder FROM users") })
        facts.strayFolders =
            try Directory.open(configuration.users, .none)?.names()
            .filter { !known.contains($0) && PathComponent.decoding($0) == nil } ?? []
        return facts
    }

    /// All that is to be judged of a user; under the user's lock, unless a holder is named.
    func inspection(of user: UserID, whileHeldBy holder: String? = nil) throws -> UserInspection {
        let moment = now
        let facts = {
            try self.ledger.read { try CheckRows.facts(of: user, at: moment, in: self.configuration.boot, $0) }
        }
        var history = try facts()
        if holder == nil, !history.pending.isEmpty {
            // A commit marks its plan when it has given the lock back: one that ended just now is no broken one.
            Thread.sleep(forTimeInterval: 0.2)
            history = try facts()
        }
        try findHolders(of: &history.jobs, user: user)
        return UserInspection(
            user: user,
            history: history,
            folder: holder == nil ? try folderFacts(of: user, history) : nil,
            holder: holder,
            keepsReplies: configuration.storeLlmRaw
        )
    }

    /// Marks the jobs whose process is gone; one that ended since it was read, as its process did, is left out.
    private func findHolders(of jobs: inout [HistoryFacts.JobFacts], user: UserID) throws {
        for index in jobs.indices where jobs[index].state == .running {
            guard let worker = jobs[index].worker, try !presence.isAlive(worker) else { continue }
            jobs[index].isHolderAlive = false
        }
        let held = jobs.filter { !$0.isHolderAlive }.map(\.id)
        let standing = try ledger.read { db in
            try held.compactMap { try JobRows.standing(of: $0, user: user, in: db) }
        }
        jobs.removeAll { job in
            !job.isHolderAlive
                && !standing.contains { $0.job.id == job.id && $0.state == .running && $0.holder?.worker == job.worker }
        }
    }

    private func folderFacts(of user: UserID, _ history: HistoryFacts) throws -> FolderFacts {
        var facts = FolderFacts()
        guard let root = try Directory.open(folder(of: user).path, .none) else {
            facts.exists = false
            facts.hasReflections = false
            return facts
        }
        let inspector = FolderInspector(root: root)
        try inspector.reflections(expecting: history.committed, snapshot, into: &facts)
        let lines = Set(history.lines + (facts.index.text ?? "").split(separator: "\n").map(String.init))
        facts.temporaries = try inspector.temporaries { name, file, folders in
            try isKnown(name, file, in: folders, of: user, lines, history)
        }
        facts.kept = try inspector.kept()
        facts.documents = try inspector.documents(at: history.writes.map(\.path))
        return facts
    }

    private func isKnown(
        _ name: TemporaryName,
        _ file: LiveFile,
        in folders: [String],
        of user: UserID,
        _ lines: Set<String>,
        _ history: HistoryFacts
    ) throws -> Bool {
        switch name.kind {
        case .snapshot: return name.reflection.map(history.committed.contains) ?? false
        case .index:
            guard let text = file.text else { return false }
            // The last may be cut off.
            return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().allSatisfy {
                lines.contains(String($0))
            }
        case .document(let target):
            guard let text = file.text else { return false }
            let path = (folders + [target]).joined(separator: "/")
            return try ledger.read { try CheckRows.knows(text, at: path, of: user, in: $0) }
        }
    }
}
