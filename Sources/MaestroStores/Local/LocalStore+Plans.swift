// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro
import struct SystemPackage.FilePath

/// Plans: made before the transaction, written in it, carried out after it, and finished after a crash.
///
/// One path for all.
extension LocalStore {
    /// The plan of what was accepted, with the index files that it concerns.
    func plan(
        for reflection: Reflection.ID,
        sequence: Int,
        accepting accepted: [Decision],
        on state: UserState
    ) throws -> Plan {
        do {
            let plan = try Plan(reflection: reflection, sequence: sequence, accepted: accepted, on: state)
            let indexes = try plan.scopes.compactMap { try indexWrite(of: $0, after: plan.writes, on: state) }
            return plan.adding(indexes)
        } catch let fault as PlanFault {
            throw StoreError.unusable(fault.sentence, hint: "run it again; if it happens again, report it")
        }
    }

    private func indexWrite(
        of scope: Scope,
        after writes: [DocumentWrite],
        on state: UserState
    ) throws -> DocumentWrite? {
        guard let root = try Directory.open(folder(of: state.user).path, .none) else { return nil }
        let existing: String?
        switch try UserFolder.read(.index(scope), of: root) {
        case .absent: existing = nil
        case .text(let text): existing = text
        // Left alone; `doctor` shows it.
        case .unreadable: return nil
        }
        let isRead = scope == .global || scope == state.scope
        let entries =
            isRead
            ? state.entries.filter { $0.scope == scope } : try folder(of: state.user).entries(in: scope, of: root)
        let removed = Set(writes.filter { $0.after == nil }.map(\.path.relative))
        let use = try ledger.read { db in
            try EntryUseRows(of: state.user, in: scope, db)
                .use(of: entries.filter { $0.isReadable && (removed.isEmpty || !removed.contains($0.path.relative)) })
        }
        return IndexRevision(scope: scope, entries: entries, existing: existing, use: use)
            .write(after: writes, at: state.moment)
    }

    /// A commit as its transaction left it: what is to be done about its files, and what is answered when that is done.
    struct Committed: Sendable {
        let work: PlanRows.Stored
        let line: IndexRows.Line
        /// Of the plan's reflection, and of those whose waiting changes it settled.
        let snapshots: [Snapshot]
        let receipt: Receipt
    }

    /// Writes plan and index line; part of the commit's transaction.
    ///
    /// `fileLine` is what the index file ends with where the database has no line yet.
    func write(
        _ plan: Plan,
        of reflection: Reflection,
        event: String,
        after fileLine: IndexLine?,
        in db: Database
    ) throws -> Committed {
        let id = try PlanRows.insert(plan, user: reflection.user, at: now, in: db)
        guard let history = try history(of: reflection.id, in: db) else {
            throw StoreError.unusable(
                "reflection `\(reflection.id)` cannot be read back; nothing was changed",
                hint: "run it again; if it happens again, report it"
            )
        }
        let record = history.record(of: id, event: event)
        let previous = try IndexRows.last(of: reflection.user, in: db) ?? fileLine
        let line = IndexLine(holding: try record.json(indented: false), after: previous)
        try IndexRows.insert(line, plan: id, user: reflection.user, in: db)
        let others = try ChangeRows.settled(by: reflection.id, in: db).compactMap { try self.history(of: $0, in: db) }
        return Committed(
            work: PlanRows.Stored(id: id, user: reflection.user, plan: plan),
            line: (line.text, previous?.text),
            snapshots: try ([history] + others).map { try $0.snapshot() },
            receipt: receipt(of: history)
        )
    }

    func history(of reflection: Reflection.ID, in db: Database) throws -> ReflectionHistory? {
        try ReflectionHistory(of: reflection, keepsReply: configuration.storeLlmRaw, in: db)
    }

    /// The last line of the index file, for a database that has none: it was deleted and starts anew beside old files.
    func lastLineOfFile(of user: UserID) throws -> IndexLine? {
        try Directory.open(folder(of: user).path, .none)?.folder("reflections").flatMap {
            try IndexFile(folder: $0).lastLine()
        }
    }

    /// Opens every folder that a plan will write to, so that a link in the way is refused before the commit point.
    func prepareFolders(for plan: Plan, of user: UserID) throws {
        let root = try Directory.making(folder(of: user).path, effects)
        var paths = [["reflections"]]
        for write in plan.writes where paths.last != write.path.steps.folders { paths.append(write.path.steps.folders) }
        try root.makeAll(paths)
    }

    /// Carries out every plan of the user that is not known to be complete.
    ///
    /// Under the user's lock.
    func finishPlans(of user: UserID) throws {
        let isAnyThere = try ledger.read { db in
            try !PlanRows.unfinished(of: user, in: self.configuration.boot, db).isEmpty
        }
        if isAnyThere { try carryOutPlans(of: user) }
    }

    /// The same, where a read has found such plans.
    ///
    /// Asked once more behind all marks that wait to be written: reads go before them, and take the plan of a commit that
    /// ended just now for one that was interrupted.
    func carryOutPlans(of user: UserID) throws {
        let unfinished = try ledger.write(.unsynced) { db in
            try PlanRows.unfinished(of: user, in: self.configuration.boot, db)
        }
        guard !unfinished.isEmpty else { return }
        let root = try Directory.making(folder(of: user).path, effects)
        for stored in unfinished { try carryOut(stored, below: root) }
    }

    /// Brings files, snapshot and index line up to the plan, in this order, all durable when it returns but for snapshots
    /// that are deferred.
    ///
    /// The line is written last: where it stands the files were done, and only the mark was lost. To apply the plan once
    /// more would undo what a person did since then, such as deleting the entry that it added.
    private func carryOut(_ stored: PlanRows.Stored, below root: Directory) throws {
        let reflections = try root.making("reflections")
        var line = try ledger.read { try IndexRows.line(ofPlan: stored.id, user: stored.user, in: $0) }
        if let first = line, first.previous == nil { line?.previous = try lineBeforeDatabase(of: stored.user) }
        let mark = PlanMark(of: stored.plan, below: root)
        let progress = try mark.progress()
        // Where something failed before, no sync that succeeds now says anything: the kernel tells of a failure once.
        let isLineWritten =
            try progress == nil
            && (stored.isSnapshotInDoubt
                || line.map { try IndexFile(folder: reflections).endsDurably(with: $0.text) } ?? false)
        if !isLineWritten { _ = try apply(stored, after: progress ?? .init(), below: root, mark) }
        // In any case: the snapshot's name is synced together with the line's, and either may have been lost alone.
        try complete(
            stored,
            with: try snapshots(for: stored.plan),
            isLineWritten ? nil : line,
            in: reflections,
            mark,
            isDoubted: progress != nil
        )
        // Waited for, unlike the first time: before another line follows, or nothing would tell that this plan was done.
        try ledger.write(.unsynced, markingApplied(stored))
        if progress != nil { try mark.remove() }
    }

    /// Carries out the plan of a commit and answers with its receipt.
    ///
    /// The commit point has passed: a failure from here on is repaired by the next call for this user.
    func finish(_ committed: Committed) throws -> Receipt {
        let (stored, reflection) = (committed.work, committed.receipt.reflection)
        let root = try Directory.making(folder(of: stored.user).path, effects)
        let reflections = try root.making("reflections")
        let mark = PlanMark(of: stored.plan, below: root)
        let isAsPlanned = try apply(stored, below: root, mark)
        let snapshots = try isAsPlanned ? committed.snapshots : snapshots(for: stored.plan)
        try complete(stored, with: snapshots, committed.line, in: reflections, mark)
        // Not waited for: where it is lost, the line that stands in the index says the same, and the next commit marks it.
        ledger.writeSoon(markingApplied(stored))
        return try isAsPlanned ? committed.receipt : receipt(of: reflection.id)
    }

    /// Snapshots and line of a plan whose files are done.
    ///
    /// Where that fails it may take hours until it can be done (a full disk), and what a person does to the files meanwhile
    /// must not be undone then.
    private func complete(
        _ stored: PlanRows.Stored,
        with snapshots: [Snapshot],
        _ line: IndexRows.Line?,
        in reflections: Directory,
        _ mark: PlanMark,
        isDoubted: Bool = false
    ) throws {
        do {
            let writer = SnapshotWriter(folder: reflections, isSynced: deferringBoot == nil)
            for snapshot in snapshots { try writer.write(snapshot) }
            if let line {
                try append(line, of: stored.user, in: reflections, isDoubted: isDoubted)
            }
            if deferringBoot == nil { try reflections.sync() }
        } catch {
            // Best effort: the error itself is what counts.
            _ = Result { try mark.note(.init(done: stored.plan.operations.count)) }
            throw error
        }
    }

    private func markingApplied(_ stored: PlanRows.Stored) -> @Sendable (Database) throws -> Void {
        let boot = deferringBoot
        return { try PlanRows.markApplied(stored.id, snapshotUnsyncedIn: boot, in: $0) }
    }

    /// False where other operations gave way than was known.
    private func apply(
        _ stored: PlanRows.Stored,
        after progress: PlanMark.Progress = .init(),
        below root: Directory,
        _ mark: PlanMark
    ) throws -> Bool {
        var start = progress
        // Of the others it is found out anew.
        start.superseded.formUnion(stored.superseded.filter { $0 < start.done })
        let superseded = try PlanApplier(root: root, mark: mark).apply(stored.plan, after: start)
        guard superseded != stored.superseded else { return true }
        do {
            try ledger.write { try PlanRows.mark(superseded: superseded, of: stored.id, in: $0) }
        } catch {
            // Best effort, as where the files failed.
            _ = Result { try mark.note(.init(done: stored.plan.operations.count, superseded: superseded)) }
            throw error
        }
        return false
    }

    private func append(
        _ line: IndexRows.Line,
        of user: UserID,
        in reflections: Directory,
        isDoubted: Bool
    ) throws {
        try IndexFile(folder: reflections).append(line.text, after: line.previous, isDoubted: isDoubted) {
            try ledger.read { try IndexRows.all(of: user, in: $0) }
        }
    }

    /// What the file ends with when the database's first line is appended to an older file.
    private func lineBeforeDatabase(of user: UserID) throws -> String? {
        let first = try ledger.read { try IndexRows.all(of: user, in: $0).first }.flatMap { IndexLine(reading: $0) }
        guard let first, !first.previous.isEmpty else { return nil }
        let line = try Directory.open(folder(of: user).path, .none)?.folder("reflections")
            .flatMap { try IndexFile(folder: $0).lastLine() }
        return line?.sha == first.previous ? line?.text : nil
    }

    /// As it stands now, of a reflection that was committed.
    func receipt(of reflection: Reflection.ID) throws -> Receipt {
        guard let receipt = try ledger.read({ try self.receipt(for: reflection, in: $0) }) else {
            throw StoreError.unusable(
                "reflection `\(reflection)` was committed but is not in the database any more",
                hint: "was the database replaced meanwhile? The memory files hold what was committed"
            )
        }
        return receipt
    }
}
