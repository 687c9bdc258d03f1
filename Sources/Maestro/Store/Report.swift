// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Who reflected, and from how much.
///
/// Tokens are not here: the store sums them over the attempts.
package struct Report: Sendable, Hashable {
    package var reflector: String
    package var model: String?
    package var digest: DigestSize?
    package var notes: [String]
    /// The reply's text, kept in manifest and history only where `storeLlmRaw`; nil otherwise.
    package var llmRaw: String?
    package var startedAt: Date
    /// Where the job fails: whether the reply is good all the same, and need not be paid for again when the job is retried.
    package var keepsReply = false

    package init(
        reflector: String,
        model: String? = nil,
        digest: DigestSize? = nil,
        notes: [String] = [],
        llmRaw: String? = nil,
        startedAt: Date
    ) {
        self.reflector = reflector
        self.model = model
        self.digest = digest
        self.notes = notes
        self.llmRaw = llmRaw
        self.startedAt = startedAt
    }
}
