// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import Maestro

/// One job as its source tells it.
///
/// Whose it is, and redaction, are the composition's business.
package struct Transcript: Sendable {
    /// The source's session id with trial or index, else a hash of the events.
    package var jobID: String
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
        self.jobID = named ?? String(activity.contentHash.hex.prefix(16))
        self.format = format
        self.project = project
        task = activity.firstHumanTurn?.text
        self.outcome = outcome
        self.counterpart = counterpart
        startedAt = activity.events.lazy.compactMap(\.time).first
        endedAt = activity.events.reversed().lazy.compactMap(\.time).first
        self.activity = activity
    }
}
