// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// One unit of agent work that has ended, and whose it was.
///
/// What happened in it is its ``Activity``.
package struct Job: Hashable, Sendable, Codable {
    /// Unique per user.
    ///
    /// The default is the source's session id with trial or index, else a hash of the events.
    package struct ID: Hashable, Sendable {
        package let rawValue: String
        package init(_ rawValue: String) { self.rawValue = rawValue }
    }

    package var id: ID
    package var user: UserID
    package var scope: Scope
    /// Name of the workflow definition the agent followed, if any.
    package var piece: String?
    /// Who the person in the log is, where the source tells.
    ///
    /// The piece's own `counterpart` wins over it.
    package var counterpart: Counterpart
    /// What the agent was asked to do: given by the caller, else the first words of the person.
    package var task: String?
    package var outcome: JobOutcome
    package var endedAt: Date?
    /// The first event that may be cited; nil: all may.
    ///
    /// Where a transcript went on after it was reflected on, the events before are context only.
    package var firstNewEvent: Int?
    /// A hash of what a person says first in its transcript, which tells it from another one when that is forgotten.
    package var opening: String?

    /// Whether it is a continuation of the transcript `id`, not one that a source gives such an id by itself.
    package func isContinuation(of transcript: ID) -> Bool {
        guard let firstNewEvent, id.rawValue.hasPrefix("\(transcript)#\(firstNewEvent)") else { return false }
        let rest = id.rawValue.dropFirst("\(transcript)#\(firstNewEvent)".count)
        return rest.isEmpty || rest.first == "-" && rest.dropFirst().isNumber
    }

    package init(
        id: ID,
        user: UserID = .me,
        scope: Scope = .global,
        piece: String? = nil,
        counterpart: Counterpart = .owner,
        task: String? = nil,
        outcome: JobOutcome = .unknown,
        endedAt: Date? = nil,
        firstNewEvent: Int? = nil
    ) {
        self.id = id
        self.user = user
        self.scope = scope
        self.piece = piece
        self.counterpart = counterpart
        self.task = task
        self.outcome = outcome
        self.endedAt = endedAt
        self.firstNewEvent = firstNewEvent
    }

    /// The job of what came after the events that were reflected on.
    ///
    /// `number`: which one from that event on, where an event that was cut off goes on again and again.
    package func continued(from firstNewEvent: Int, _ number: Int = 1) -> Job {
        var job = self
        job.id = ID("\(id)#\(firstNewEvent)\(number > 1 ? "-\(number)" : "")")
        job.firstNewEvent = firstNewEvent
        return job
    }

    /// Whether the job `other` comes from the same transcript: it is this one, what this continues, a continuation, or one
    /// that was submitted under the same id.
    package func sharesTranscript(with other: ID) -> Bool {
        let plain = firstNewEvent == nil ? id.rawValue[...] : id.rawValue[...].withoutContinuation
        let first = plain.hasOwnMark ? plain.dropLast(Substring.ownMarkLength) : plain
        guard other.rawValue.hasPrefix(first) else { return false }
        var rest = other.rawValue.dropFirst(first.count)
        if rest.prefix(Substring.ownMarkLength).hasOwnMark { rest = rest.dropFirst(Substring.ownMarkLength) }
        return rest.withoutContinuation.isEmpty
    }
}

/// Who the person in a log is.
package enum Counterpart: String, Sendable, Codable, CaseIterable {
    /// The user of Maestro: their words are their wishes.
    case owner
    /// A customer, a visitor: their words are evidence about procedure only.
    case other
}

extension Job.ID: Codable, CustomStringConvertible {
    package init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
    package var description: String { rawValue }
}

extension Substring {
    /// `~` and eight hexadecimal digits: see ``FinishedJob/underOwnID``.
    fileprivate static let ownMarkLength = 9

    fileprivate var hasOwnMark: Bool {
        let mark = suffix(Self.ownMarkLength)
        return mark.count == Self.ownMarkLength && mark.first == "~" && mark.dropFirst().allSatisfy(\.isHexDigit)
    }

    /// Without `#12` or `#12-2` at its end: see ``Job/continued(from:_:)``.
    fileprivate var withoutContinuation: Substring {
        guard let mark = lastIndex(of: "#") else { return self }
        let numbers = self[index(after: mark)...].split(separator: "-", omittingEmptySubsequences: false)
        return numbers.count <= 2 && numbers.allSatisfy(\.isNumber) ? self[..<mark] : self
    }

    fileprivate var isNumber: Bool { !isEmpty && allSatisfy { ("0"..."9").contains($0) } }
}
