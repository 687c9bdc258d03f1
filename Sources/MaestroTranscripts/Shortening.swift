// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Takes the middle out of texts that are too long: what they begin and end with says most.
struct Shortening {
    /// Longest texts: of a person's turns, and of everything else.
    private var turnBytes: Int
    private var otherBytes: Int
    /// How much was taken out by now.
    private(set) var bytes = 0

    /// Shorter than this a text is not made to hold another event.
    private static let shortest = 1024

    init(maxBytes: Int) {
        turnBytes = maxBytes
        otherBytes = maxBytes
    }

    /// Allows half as much from now on, of a person's turns only when all else is short; false where all is.
    mutating func tighten() -> Bool {
        if otherBytes > Self.shortest {
            otherBytes = max(Self.shortest, otherBytes / 2)
        } else if turnBytes > Self.shortest {
            turnBytes = max(Self.shortest, turnBytes / 2)
        } else {
            return false
        }
        return true
    }

    mutating func apply(to event: inout Event) {
        let limit = event.isHumanTurn ? turnBytes : otherBytes
        if event.text.utf8.count > limit { event.text = shortened(event.text, to: limit) }
        if let arguments = event.tool?.arguments, arguments.utf8.count > limit {
            event.tool?.arguments = shortened(arguments, to: limit)
        }
    }

    /// Shortened again, a text loses the mark, which stands in its middle.
    private mutating func shortened(_ long: String, to limit: Int) -> String {
        // Before the cut: half a secret has no shape that a rule knows.
        let text = Redactor.standard.redacting(long).text
        guard text.utf8.count > limit else { return text }
        let half = max(0, limit - Event.leftOut.utf8.count) / 2
        let utf8 = text.utf8
        let head = utf8.index(utf8.startIndex, offsetBy: half).scalarBoundary(in: text, forward: false)
        let tail = utf8.index(utf8.endIndex, offsetBy: -half).scalarBoundary(in: text, forward: true)
        let result = text[..<head] + Event.leftOut + text[tail...]
        bytes += utf8.count - result.utf8.count
        return String(result)
    }
}

extension String.Index {
    /// The next boundary between scalars at or before (after) this place.
    fileprivate func scalarBoundary(in text: String, forward: Bool) -> String.Index {
        var index = self
        while index.samePosition(in: text.unicodeScalars) == nil {
            index = forward ? text.utf8.index(after: index) : text.utf8.index(before: index)
        }
        return index
    }
}
