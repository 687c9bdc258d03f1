// SPDX-License-Identifier: Apache-2.0
import GRDB
import Maestro

/// All that the database has of one reflection, read once: its receipt, its snapshot and its lines of the index say parts
/// of it.
struct ReflectionHistory: Sendable {
    let reflection: Reflection
    let decisions: [Decision]
    /// Of all its plans, in their order; index files too.
    let operations: [PlanRows.Written]
    /// Whether it has a plan: one that failed has none, and no snapshot.
    let isCommitted: Bool
    /// The reply as it arrived; only where it is kept.
    let llmRaw: String?

    /// Nil where there is no such reflection.
    init?(of id: Reflection.ID, keepsReply: Bool, in db: Database) throws {
        guard let reflection = try ReflectionRows.reflection(id, in: db) else { return nil }
        self.reflection = reflection
        operations = try PlanRows.written(by: id, in: db)
        decisions = try ChangeRows.decisions(of: id, writing: operations, in: db)
        isCommitted = try PlanRows.nextSequence(of: id, in: db) > 1
        llmRaw = keepsReply ? try ReplyRows.reply(for: id, in: db)?.reply.text : nil
    }

    /// What its snapshot says: as it is when all its plans are carried out.
    func snapshot() throws -> Snapshot {
        let record = AuditRecord(
            reflection: reflection,
            decisions: decisions,
            operations: operations.map { $0.audited(isSuperseded: $0.isSuperseded) },
            llmRaw: llmRaw
        )
        return try Snapshot(of: record, operations: operations.map(\.operation))
    }

    /// What the index says of the commit, or the settling, that made `plan`; older than the files.
    func record(of plan: Int64, event: String) -> AuditRecord {
        AuditRecord(
            reflection: reflection,
            decisions: decisions,
            operations: operations.filter { $0.plan == plan }.map { $0.audited(isSuperseded: nil) },
            llmRaw: llmRaw,
            event: event
        )
    }

    /// As it stands now: waiting changes that were settled show their verdict.
    ///
    /// `folder` is that of the snapshot.
    func receipt(folder: String) -> Receipt {
        Receipt(
            reflection: reflection,
            decisions: decisions,
            snapshot: isCommitted ? folder : nil,
            superseded: operations.filter { $0.isSuperseded && $0.operation.change != nil }.map(\.operation.write.path)
        )
    }
}

extension PlanRows.Written {
    fileprivate func audited(isSuperseded: Bool?) -> AuditRecord.Operation {
        AuditRecord.Operation(
            change: operation.change,
            path: operation.write.path,
            before: before,
            after: after,
            isSuperseded: isSuperseded
        )
    }
}
