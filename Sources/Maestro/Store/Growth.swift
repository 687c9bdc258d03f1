// SPDX-License-Identifier: Apache-2.0

/// How a transcript that is submitted stands to the newest job that is known under its id.
package enum Growth: Hashable, Sendable {
    /// The same, or an older copy.
    case none
    /// It has more events, of which this is the first.
    case goesOn(from: Int)
    /// Another transcript that happens to have the same id.
    case otherTranscript

    /// `known` is what is kept of that job's activity, nil where it was forgotten; its source had `knownEvents`.
    ///
    /// Two transcripts are the same one where a person opens them with the same words: what follows can differ only by how
    /// it was read, since sources are added to at their end.
    package init(of activity: Activity, since known: Activity?, with knownEvents: Int) {
        if let known, known.opening != activity.opening {
            self = .otherTranscript
        } else {
            self = activity.sourceEvents > knownEvents ? .goesOn(from: knownEvents + 1) : .none
        }
    }
}

extension Activity {
    /// Where long texts of a long source are shortened, so much of their beginning stays.
    private static let openingBytes = 400

    /// What a person says first; without any, what stands first.
    fileprivate var opening: [UInt8] {
        let text = (firstHumanTurn ?? events.first)?.text ?? ""
        return Array(text.utf8.prefix(Self.openingBytes))
    }
}

extension FinishedJob {
    /// The job under an id of its own, where its id belongs to another transcript: `<id>~<hash of its opening>`.
    ///
    /// It stays the same when the transcript goes on.
    package var underOwnID: FinishedJob {
        var other = self
        other.job.id = Job.ID("\(job.id)~\(ContentHash(ofBytes: activity.opening).hex.prefix(8))")
        other.earlierIDs = []
        return other
    }
}
