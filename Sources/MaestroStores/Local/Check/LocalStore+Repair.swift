// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// Mends what the check found; all under the user's lock.
extension LocalStore {
    /// A repair may bring to light what it covered: a plan that was finished, the copies after it.
    private static let maxRounds = 4

    /// What was found, with what was done about it, and what stands wrong afterwards.
    func repaired(_ user: UserID) throws -> [CheckFinding] {
        var mended: [CheckFinding] = []
        var tried: Set<Repair> = []
        var failures: [Repair: String] = [:]
        var found = UserCheck(try inspection(of: user)).findings
        for _ in 0..<Self.maxRounds {
            // Plans first: most else follows from them.
            let isInterrupted = found.contains { $0.repair == .finishPlans && !tried.contains(.finishPlans) }
            let open = found.filter { judged in
                judged.repair.map { !tried.contains($0) && (!isInterrupted || $0 == .finishPlans) } ?? false
            }
            guard !open.isEmpty else { break }
            for judged in open {
                guard let repair = judged.repair else { continue }
                if tried.insert(repair).inserted { failures[repair] = try failure(of: repair, user) }
                guard failures[repair] == nil else { continue }
                var finding = judged.finding
                finding.mended = repair.sentence
                mended.append(finding)
            }
            found = UserCheck(try inspection(of: user)).findings
        }
        return Self.together(mended, found, failures)
    }

    private static func together(
        _ mended: [CheckFinding],
        _ found: [Judged],
        _ failures: [Repair: String]
    ) -> [CheckFinding] {
        let left = found.map { judged in
            var finding = judged.finding
            if let failure = judged.repair.flatMap({ failures[$0] }) { finding.mend = "the repair failed: \(failure)" }
            return finding
        }
        let gone = mended.filter { one in !left.contains { $0.code == one.code && $0.place == one.place } }
        return gone + left
    }

    /// Nil where it was done.
    private func failure(of repair: Repair, _ user: UserID) throws -> String? {
        do {
            try perform(repair, of: user)
            return nil
        } catch let error as StoreError {
            return error.sentence
        }
    }

    private func perform(_ repair: Repair, of user: UserID) throws {
        let root = try Directory.making(folder(of: user).path, effects)
        switch repair {
        case .finishPlans: try finishPlans(of: user)
        case .rewriteIndex(let older): try rewriteIndex(of: user, after: older, in: root)
        case .rewriteReflections:
            try rewriteIndex(of: user, after: [], in: root)
            let facts = try ledger.read {
                try CheckRows.facts(of: user, at: self.now, in: self.configuration.boot, $0)
            }
            for id in facts.committed {
                try rewriteSnapshot(of: id, keepsOld: true, in: root)
            }
        case .rewriteSnapshot(let id, let keepsOld): try rewriteSnapshot(of: id, keepsOld: keepsOld, in: root)
        case .setAside(let folders, let name): try KeptFiles(root: root).keep(name, from: folders)
        case .remove(let folders, let name):
            guard let folder = try root.folder(folders) else { return }
            try folder.removeTree(name)
            try folder.sync()
        case .sweepProcesses: try presence.sweep()
        case .makeDatabase: break
        case .putBack, .end, .writeMetric, .removeMetric, .eraseReply, .register:
            try ledger.write { try self.perform(repair, of: user, in: $0) }
        }
    }

    private func perform(_ repair: Repair, of user: UserID, in db: Database) throws {
        switch repair {
        case .putBack(let job): try putBack(job, of: user, in: db)
        case .end(let job): try JobRows.endCommitted(job, of: user, in: db)
        case .writeMetric(let id):
            guard let reflection = try ReflectionRows.reflection(id, in: db) else { return }
            try MetricRows.save(reflection, at: reflection.createdAt, in: db)
        case .removeMetric(let id):
            try db.run(sql: "DELETE FROM metrics WHERE reflection = ?", arguments: [id.rawValue])
        case .eraseReply(let id): try ReplyRows.eraseText(for: id, in: db)
        case .register: try JobRows.register(user, at: now, in: db)
        default: break
        }
    }

    /// As a worker would take it over: the third time it is dead, with its row.
    private func putBack(_ job: Job.ID, of user: UserID, in db: Database) throws {
        guard let standing = try JobRows.standing(of: job, user: user, in: db), standing.state == .running else {
            return
        }
        if let holder = standing.holder, standing.token != nil, try presence.isAlive(holder.worker) { return }
        try takeOver(standing, in: db)
    }

    // MARK: - Copies

    private func rewriteIndex(of user: UserID, after older: [String], in root: Directory) throws {
        let lines = older + (try ledger.read { try IndexRows.all(of: user, in: $0) })
        let old = try IndexFile(folder: root.making("reflections")).rewrite(lines)
        if let old { try KeptFiles(root: root).keep(old, from: ["reflections"]) }
    }

    private func rewriteSnapshot(of id: Reflection.ID, keepsOld: Bool, in root: Directory) throws {
        guard let snapshot = try snapshot(of: id) else { return }
        let reflections = try root.making("reflections")
        if keepsOld { try KeptFiles(root: root).keep(snapshot.folder, from: ["reflections"]) }
        try SnapshotWriter(folder: reflections, isSynced: true).write(snapshot)
        try reflections.sync()
    }
}

extension JobRows {
    /// Ends a queued or running job whose reflection was committed; any other is left alone.
    fileprivate static func endCommitted(_ job: Job.ID, of user: UserID, in db: Database) throws {
        try db.run(
            sql: """
                UPDATE jobs SET state = 'done', error = NULL, lease_token = NULL, worker = NULL,
                    ended_at = (SELECT created_at FROM reflections WHERE reflections.id = jobs.reflection)
                WHERE user = ? AND id = ? AND state IN ('queued', 'running') AND EXISTS (
                    SELECT 1 FROM reflections
                    WHERE reflections.id = jobs.reflection AND outcome NOT IN ('failed', 'cancelled')
                )
                """,
            arguments: [user.rawValue, job.rawValue]
        )
    }
}
