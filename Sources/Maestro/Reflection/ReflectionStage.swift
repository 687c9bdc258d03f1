// SPDX-License-Identifier: Apache-2.0

/// How far the reflection on a job is, with what is known then.
///
/// Told to whoever watches: logs, metrics, progress. Nothing is ever decided by it.
package enum ReflectionStage: Sendable {
    /// The job was claimed and its prompt made.
    case start(promptBytes: Int)
    /// A usable reply is there and kept; `wasKept` where an earlier run had paid for it.
    case model(ReflectorReply, wasKept: Bool)
    /// What the reply says and how many changes it proposes.
    case reasoning(String, changes: Int)
    /// The commit happened.
    case applied(Receipt)
    /// Where its snapshot lies.
    case snapshot(String)
}
