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
        try hold(await transaction.run(finishing(claim, as: state, error: error, at: moment)).first)
    }

    /// The first of them changes a row; where it does not, the claim is lost and nothing of this may be committed.
    static func finishing(_ claim: Claim, as state: JobState, error: String?, at moment: Date) -> [Statement] {
        guarded(claim, to: state, "error = $6, ended_at = $7", [error, moment])
    }

    /// A row where the claim holds, under the lock of the user's row; for ``hold(_:)``, as what ``finishing(_:as:error:at:)``
    /// answers.
    static func holding(_ claim: Claim) -> Statement {
        Statement("SELECT 1 FROM jobs WHERE \(guardian)", key(of: claim))
    }

    static func hold(_ answer: Answer?) throws {
        guard answer?.changed == 1 else { throw StoreError.leaseLost }
    }

    static func postpone(
        _ claim: Claim,
        _ postponement: Postponement,
        at moment: Date,
        in transaction: Transaction
    ) async throws {
        let statements = guarded(
            claim,
            to: .queued,
            """
            due_at = $6, failures = failures + $7::int, error = COALESCE($8, error), lease_token = NULL, worker = NULL
            """,
            [moment + postponement.wait / .seconds(1), postponement.isCounted ? 1 : 0, postponement.error]
        )
        try hold(await transaction.run(statements).first)
        if postponement.forgetsReply { try await transaction.run(ReplyTable.erasingText(for: claim.reflection)) }
    }

    private static func guarded(
        _ claim: Claim,
        to state: JobState,
        _ assignments: String,
        _ values: [any SQLValue]
    ) -> [Statement] {
        [
            Statement(
                "UPDATE jobs SET state = $5, \(assignments) WHERE \(guardian)",
                key(of: claim) + [state.rawValue] + values
            ),
            UserTable.settling(claim.job.user, from: .running, to: state),
        ]
    }

    /// The fence: nobody has claimed a job of this user since.
    private static let guardian = """
        user_id = $1 AND id = $2 AND \(QueueTable.has("'running'")) AND attempt = $3 AND lease_token = $4
            AND fence = (SELECT users.fence FROM users WHERE users.id = $1)
        """

    private static func key(of claim: Claim) -> [any SQLValue] {
        [claim.job.user.rawValue, claim.job.id.rawValue, claim.attempt, claim.lease.token]
    }
}
#endif
