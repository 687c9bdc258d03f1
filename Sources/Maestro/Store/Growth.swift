// SPDX-License-Identifier: Apache-2.0

/// How a submitted transcript relates to a job that the store has already.
///
/// Sources are added to at their end, so the one is most often a beginning of the other.
package enum Growth: Hashable, Sendable {
    /// The same, or an older copy.
    case none
    /// What is known is its beginning; the first event that says more.
    ///
    /// The last one that is known may itself have been cut off.
    case goesOn(from: Int)
    /// Both open with the same words of a person and differ from this event on: a thread that was edited, a session that was
    /// taken up again from its middle.
    case branches(from: Int)
    /// Another transcript that happens to have the same id.
    case otherTranscript

    /// `known` is what is kept of that job's activity, nil where it was forgotten; its source had `knownEvents`.
    package init(of activity: Activity, since known: Activity?, with knownEvents: Int) {
        guard let known else {
            self = activity.sourceEvents > knownEvents ? .goesOn(from: knownEvents + 1) : .none
            return
        }
        guard let (ours, theirs) = activity.firstDifference(from: known) else {
            self = activity.sourceEvents > known.sourceEvents ? .goesOn(from: known.sourceEvents + 1) : .none
            return
        }
        if theirs.number == known.sourceEvents, ours.extends(theirs) {
            self = .goesOn(from: ours.number)
        } else if ours.number == activity.sourceEvents, theirs.extends(ours) {
            self = .none
        } else {
            let opening = known.opening?.number ?? 0
            self = ours.number <= opening ? .otherTranscript : .branches(from: ours.number)
        }
    }
}

extension Activity {
    /// What a person says first; where nobody does, what stands first.
    fileprivate var opening: Event? { firstHumanTurn ?? events.first }

    /// See ``Job/opening``; nil where there is no event.
    package var openingHash: String? { opening.map { String(ContentHash(of: $0.text).hex.prefix(16)) } }

    /// The first event that both have and that is not the same, as we and as they have it.
    fileprivate func firstDifference(from other: Activity) -> (ours: Event, theirs: Event)? {
        for theirs in other.events {
            guard let ours = self[number: theirs.number], !ours.isSame(as: theirs) else { continue }
            return (ours, theirs)
        }
        return nil
    }
}

extension Event {
    /// What stands in a text of which the middle was taken out.
    package static let leftOut = "\n… left out …\n"
    /// So much of the beginning and of the end of such a text is always there.
    private static let keptBytes = 300

    /// Of long sources more and more is taken out of the middle of texts: then their beginnings and ends are compared.
    fileprivate func isSame(as other: Event) -> Bool {
        guard actor == other.actor, kind == other.kind else { return false }
        if text == other.text { return true }
        return beginsAlike(other)
            && text.utf8.suffix(Self.keptBytes).elementsEqual(other.text.utf8.suffix(Self.keptBytes))
    }

    fileprivate func extends(_ other: Event) -> Bool {
        actor == other.actor && kind == other.kind && (text.hasPrefix(other.text) || beginsAlike(other))
    }

    /// Where the middle was taken out of one of them.
    private func beginsAlike(_ other: Event) -> Bool {
        (text.contains(Self.leftOut) || other.text.contains(Self.leftOut))
            && text.utf8.prefix(Self.keptBytes).elementsEqual(other.text.utf8.prefix(Self.keptBytes))
    }
}
