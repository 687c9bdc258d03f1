// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// What a worker tells about one job of `ada`, for tables.
enum WorkEvents {
    static let now = Date(timeIntervalSince1970: 1_780_000_000)

    static func claim(_ id: String = "job-1", piece: String? = "fix-issue") -> Claim {
        Claim(
            job: Job(id: Job.ID(id), user: UserID("ada"), piece: piece, task: "a secret task"),
            activity: Activity(format: "text", events: []),
            lease: Lease(token: "lease-token", until: now),
            attempt: 1,
            failures: 0,
            runUntil: now,
            runTime: .seconds(900)
        )
    }

    static func receipt(
        _ outcome: Reflection.Outcome,
        _ verdicts: [(Decision.Verdict, Rejection?)] = [],
        tokensIn: Int? = 1200,
        tokensOut: Int? = 80,
        error: String? = nil
    ) -> Receipt {
        Receipt(
            reflection: Reflection(
                id: claim().reflection,
                kind: .job,
                user: UserID("ada"),
                scope: .global,
                outcome: outcome,
                reasoning: "a secret thought",
                reflector: "openai",
                model: "small-1",
                tokensIn: tokensIn,
                tokensOut: tokensOut,
                error: error,
                createdAt: now
            ),
            decisions: verdicts.enumerated().map { index, verdict in
                Decision(
                    ordinal: index + 1,
                    operation: .add,
                    name: "entry",
                    verdict: verdict.0,
                    code: verdict.1,
                    message: "a secret message"
                )
            }
        )
    }

    static func finished(
        _ ending: JobRun.Ending,
        _ error: (any Error)? = nil,
        of id: String = "job-1"
    ) -> WorkEvent {
        .finished(claim(id), JobRun.Outcome(ending: ending, error: error), took: .milliseconds(1500))
    }

    static func done(_ id: String = "job-1", _ outcome: Reflection.Outcome = .applied) -> WorkEvent {
        finished(.ended(receipt(outcome)), of: id)
    }

    static func postponed(_ error: any Error, of id: String = "job-1") -> WorkEvent {
        finished(.postponed(until: now, isCounted: true), error, of: id)
    }
}
