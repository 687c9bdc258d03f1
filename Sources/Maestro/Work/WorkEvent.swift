// SPDX-License-Identifier: Apache-2.0

/// What a worker tells whoever watches: logs, metrics, progress.
///
/// Nothing is ever decided by it.
package enum WorkEvent: Sendable {
    case claimed(Claim)
    case stage(ReflectionStage, Claim)
    case finished(Claim, JobRun.Outcome, took: Duration)
    /// A job died without having been worked on.
    case buried(Burial)
    case endpoint(EndpointGate.Change)
    /// The store refused: what happened, and what to do.
    case storeFailed(String, hint: String?)
}
