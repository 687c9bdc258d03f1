// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// What the holder of a claim may do.
///
/// Each throws ``StoreError/leaseLost`` where the claim does not hold any more.
extension JobTable {
    static func finish(
        _ claim: Claim,
        as state: JobState,
        error: String?,
        at moment: Date,
        in transaction: Transaction
    ) async throws {
        try await guarded(claim, to: state, "error = $6, ended_at = $7", [error, moment], in: transaction)
    }

    static func postpone(_ claim: Claim, _ postponement: Postponement, in transaction: Transaction) async throws {
        try await guarded(
            claim,
            to: .queued,
            """
            due_at = $6, failures = failures + $7::int, error = COALESCE($8, error), lease_token = NULL, worker = NULL
            """,
            [postponement.due, postponement.isCounted ? 1 : 0, postponement.error],
            in: transaction
        )
    }

    private static func guarded(
        _ claim: Claim,
        to state: JobState,
        _ assignments: String,
        _ values: [any SQLValue],
        in transaction: Transaction
    ) async throws {
        let key: [any SQLValue] = [
            claim.job.user.rawValue, claim.job.id.rawValue, claim.attempt, claim.lease.token, state.rawValue,
        ]
        // The fence: nobody has claimed a job of this user since.
        let changed = try await transaction.run(
            """
            UPDATE jobs SET state = $5, \(assignments)
            WHERE user_id = $1 AND id = $2 AND state = 'running' AND attempt = $3 AND lease_token = $4
                AND fence = (SELECT users.fence FROM users WHERE users.id = $1)
            """,
            key + values
        ).changed
        guard changed == 1 else { throw StoreError.leaseLost }
        try await UserTable.settle(claim.job.user, from: .running, to: state, in: transaction)
    }
}
#endif
