// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// What the holder of a claim may do.
///
/// Each change throws ``StoreError/leaseLost`` where the claim does not hold any more.
extension JobRows {
    static func holds(_ claim: Claim, in db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM jobs WHERE \(guardian))"),
            arguments: key(of: claim)
        ) ?? false
    }

    /// Never beyond the end of its time in all.
    static func renew(_ claim: Claim, until: Date, in db: Database) throws {
        try guarded(claim, "leased_until = MIN(?, run_until)", [until.milliseconds], in: db)
    }

    static func finish(_ claim: Claim, as state: JobState, error: String?, at moment: Date, in db: Database) throws {
        try guarded(claim, "state = ?, error = ?, ended_at = ?", [state.rawValue, error, moment.milliseconds], in: db)
    }

    static func postpone(
        _ claim: Claim,
        _ postponement: Postponement,
        at moment: Date,
        in db: Database
    ) throws {
        try guarded(
            claim,
            """
            state = 'queued', due_at = ?, failures = failures + ?, error = COALESCE(?, error), lease_token = NULL,
                worker = NULL
            """,
            [
                (moment + postponement.wait / .seconds(1)).milliseconds, postponement.isCounted ? 1 : 0,
                postponement.error,
            ],
            in: db
        )
        if postponement.forgetsReply { try ReplyRows.eraseText(for: claim.reflection, in: db) }
    }

    private static func guarded(
        _ claim: Claim,
        _ assignments: String,
        _ values: StatementArguments,
        in db: Database
    ) throws {
        try db.run(sql: "UPDATE jobs SET \(assignments) WHERE \(guardian)", arguments: values + key(of: claim))
        guard db.changesCount == 1 else { throw StoreError.leaseLost }
    }

    private static let guardian = "user = ? AND id = ? AND state = 'running' AND attempt = ? AND lease_token = ?"

    private static func key(of claim: Claim) -> StatementArguments {
        [claim.job.user.rawValue, claim.job.id.rawValue, claim.attempt, claim.lease.token]
    }
}
