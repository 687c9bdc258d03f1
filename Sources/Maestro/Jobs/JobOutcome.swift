// SPDX-License-Identifier: Apache-2.0

/// How a job ended, and whether somebody said so or we inferred it.
package struct JobOutcome: Hashable, Sendable, Codable {
    package enum Status: String, Sendable, Codable, CaseIterable {
        case succeeded, failed, aborted
        /// Nothing says how it ended; the prompt then says that the outcome proves nothing.
        case unknown
    }

    package var status: Status
    /// The reason for an inferred outcome; nil where the source or a person stated it.
    package var inferred: String?

    package init(_ status: Status, inferred: String? = nil) {
        self.status = status
        self.inferred = inferred
    }

    package static let unknown = JobOutcome(.unknown)

    /// Whether the job is known to have succeeded: stated, not inferred.
    package var isKnownSuccess: Bool { status == .succeeded && inferred == nil }
}
