// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// The row of history that a store writes, whichever store it is.
extension Reflection {
    /// Sums over all asks; nil: unknown.
    package typealias Tokens = (in: Int?, out: Int?)

    /// Of a commit, as it was decided at `moment`.
    package init(of request: CommitRequest, judged judgement: Judgement, tokens: Tokens, at moment: Date) {
        let report = request.report
        self.init(
            id: request.reflection,
            kind: request.kind,
            job: request.claim?.job.id,
            user: request.user,
            scope: request.scope,
            piece: request.claim?.job.piece,
            jobOutcome: request.claim?.job.outcome ?? .unknown,
            outcome: .abstained,
            reasoning: judgement.reasoning,
            reflector: report.reflector,
            model: report.model,
            tokensIn: tokens.in,
            tokensOut: tokens.out,
            durationMilliseconds: report.milliseconds(to: moment),
            digest: report.digest,
            notes: report.notes + judgement.notes,
            reverts: request.reverts,
            createdAt: moment
        )
        count(judgement.decisions)
    }

    /// Of a job that ended at `moment` without decisions: failed or cancelled.
    package init(
        ending job: Job,
        as outcome: Outcome,
        error: String,
        report: Report,
        tokens: Tokens,
        at moment: Date
    ) {
        self.init(
            id: ID(user: job.user, job: job.id),
            kind: .job,
            job: job.id,
            user: job.user,
            scope: job.scope,
            piece: job.piece,
            jobOutcome: job.outcome,
            outcome: outcome,
            reflector: report.reflector,
            model: report.model,
            tokensIn: tokens.in,
            tokensOut: tokens.out,
            durationMilliseconds: report.milliseconds(to: moment),
            digest: report.digest,
            notes: report.notes,
            error: error,
            createdAt: moment
        )
    }
}

extension Report {
    /// From its start to `moment`.
    fileprivate func milliseconds(to moment: Date) -> Int {
        max(0, Int((moment.timeIntervalSince(startedAt) * 1000).rounded()))
    }
}
