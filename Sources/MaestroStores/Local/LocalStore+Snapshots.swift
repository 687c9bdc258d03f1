// SPDX-License-Identifier: Apache-2.0
import GRDB
import Maestro

/// Snapshots: copies, for people and their tools, of what the database has of every reflection.
///
/// One is a dozen files and folders, more than all else that a commit makes durable. A process that makes many commits
/// leaves them to be synced together later, and the database remembers in which boot they were written: only where the
/// system went down before that are they in doubt, and then they are written anew.
extension LocalStore {
    /// The boot that is noted with a plan whose snapshot is left unsynced; nil where each is synced in its commit.
    var deferringBoot: String? { configuration.defersSnapshots ? configuration.boot : nil }

    /// Makes every snapshot durable that this or another process left unsynced.
    ///
    /// One call of the file system for all of them. It may take seconds where others have written much, so nothing waits
    /// for it, and no lock is held.
    package func syncSnapshots() async throws {
        try await blocking { try $0.syncSnapshotsHere() }
    }

    func syncSnapshotsHere() throws {
        guard let boot = configuration.boot else { return }
        // Read before the sync: what is written meanwhile waits for the next one.
        let plans = try ledger.read { try PlanRows.withUnsyncedSnapshot(in: boot, $0) }
        guard !plans.isEmpty, let users = try Directory.open(configuration.users, effects) else { return }
        do {
            try users.syncFileSystem()
        } catch {
            // The kernel tells of what it could not write only once, and drops it: the next sync would succeed without it.
            try ledger.write(.unsynced) { try PlanRows.doubtSnapshots(plans, in: $0) }
            throw error
        }
        // Unsynced: where the mark is lost, they are in doubt once more, and written once more.
        try ledger.write(.unsynced) { try PlanRows.markSnapshotsSynced(plans, in: boot, $0) }
    }

    /// The snapshot of the plan's reflection, and of those whose waiting changes it settled.
    func snapshots(for plan: Plan) throws -> [Snapshot] {
        try ledger.read { db in
            try ([plan.reflection] + ChangeRows.settled(by: plan.reflection, in: db))
                .compactMap { try self.history(of: $0, in: db)?.snapshot() }
        }
    }

    /// The snapshot of a reflection as the database has it: as it is when all its plans are carried out.
    func snapshot(of id: Reflection.ID) throws -> Snapshot? {
        try ledger.read { db in try self.history(of: id, in: db) }?.snapshot()
    }
}
