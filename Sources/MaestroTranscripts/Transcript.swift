// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import Maestro

/// One job as its source tells it.
///
/// Whose it is, and redaction, are the composition's business.
package struct Transcript: Sendable {
    /// The source's session id with trial or index, else a hash of the events.
    package var jobID: String
    /// Whether the source itself names the job, so that it keeps its id when it goes on.
    package let isNamed: Bool
    package var format: TranscriptFormat
    /// The working directory or project that the source names; nil where it names none.
    package var project: String?
    /// The first words of the person.
    package var task: String?
    package var outcome: JobOutcome
    package var counterpart: Counterpart
    package var startedAt: Date?
    package var endedAt: Date?
    /// Numbered, not redacted yet.
    package var activity: Activity

    init(
        jobID: String? = nil,
        format: TranscriptFormat,
        project: String? = nil,
        outcome: JobOutcome = .unknown,
        counterpart: Counterpart = .owner,
        activity: Activity
    ) {
        let named = jobID.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
        isNamed = named != nil
        self.jobID = named ?? Self.jobID(of: activity.contentHash)
        self.format = format
        self.project = project
        task = activity.firstHumanTurn?.text
        self.outcome = outcome
        self.counterpart = counterpart
        startedAt = activity.events.lazy.compactMap(\.time).first
        endedAt = activity.events.reversed().lazy.compactMap(\.time).first
        self.activity = activity
    }

    /// The ids that it had while it was shorter; none where it has a name.
    package var earlierJobIDs: [String] {
        isNamed ? [] : activity.earlierContentHashes.map(Self.jobID)
    }

    private static func jobID(of hash: ContentHash) -> String { String(hash.hex.prefix(16)) }
}
