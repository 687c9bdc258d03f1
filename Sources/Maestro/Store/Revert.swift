// SPDX-License-Identifier: Apache-2.0

/// Takes back what earlier commits did to documents: each one stands afterwards as it stood before the first of them.
///
/// Pure, and itself only a judgement: it is committed like any other, under a reflection of kind `revert`, and can be
/// reverted the same way.
package struct Revert: Sendable {
    package let judgement: Judgement

    /// Takes operations of one change, one reflection or several, in any order; superseded ones are skipped.
    ///
    /// - Throws: ``RevertBlocked`` where something later stands in the way of any document: then nothing is taken back.
    package init(operations: [AppliedOperation], now: UserState) throws(RevertBlocked) {
        var byPath: [DocumentPath: [AppliedOperation]] = [:]
        for operation in operations where !operation.isSuperseded {
            byPath[operation.write.path, default: []].append(operation)
        }
        var decisions: [Decision] = []
        var conflicts: [RevertBlocked.Conflict] = []
        for (path, operations) in byPath.sorted(by: { $0.key.relative < $1.key.relative }) {
            let live = now.text(at: path)
            let unwinding = Unwinding(of: operations, from: live)
            if let left = unwinding.blockedBy {
                conflicts.append(RevertBlocked.Conflict(path: path, expected: left.write.after, live: unwinding.text))
            } else {
                let write = DocumentWrite(path: path, before: live, after: unwinding.text)
                decisions.append(Self.decision(ordinal: decisions.count + 1, write, taking: operations))
            }
        }
        guard conflicts.isEmpty else { throw RevertBlocked(conflicts: conflicts) }
        let taken = Set(operations.map(\.change.reflection.rawValue)).sorted()
        judgement = Judgement(reasoning: "takes back \(taken.joined(separator: ", "))", decisions: decisions)
    }

    private static func decision(ordinal: Int, _ write: DocumentWrite, taking: [AppliedOperation]) -> Decision {
        let isUnchanged = isSame(write.before, write.after)
        let changes = Set(taking.map(\.change.description)).sorted().map { "`\($0)`" }.joined(separator: ", ")
        let message =
            if isUnchanged {
                "stands already as it was before \(changes)"
            } else if write.after == nil {
                "removed again what \(changes) added"
            } else if write.before == nil {
                "brought back what \(changes) removed"
            } else {
                "restored the text from before \(changes)"
            }
        return Decision(
            ordinal: ordinal,
            operation: .revert,
            name: write.path.name,
            scope: write.path.scope,
            verdict: isUnchanged ? .rejected : .accepted,
            code: isUnchanged ? .noEffect : nil,
            message: message,
            writes: isUnchanged ? [] : [write]
        )
    }

    /// Steps back from the live text, operation by operation, as long as one of them left exactly this text.
    private struct Unwinding {
        /// How far it went.
        var text: String?
        /// The newest operation that did not leave the text that stands there; nil: all are taken back.
        var blockedBy: AppliedOperation?

        init(of operations: [AppliedOperation], from live: String?) {
            var rest = operations.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(
                \.element
            )
            text = live
            while let index = rest.lastIndex(where: { [text] in isSame($0.write.after, text) }) {
                text = rest.remove(at: index).write.before
            }
            // Somebody took it back by hand already: nothing is in the way.
            if rest.count == operations.count, let first = rest.first, isSame(first.write.before, live) { rest = [] }
            blockedBy = rest.last
        }
    }
}

/// Why a revert was refused: a later change or a person's edit stands where the restored text would go.
package struct RevertBlocked: Error, Hashable, Sendable {
    /// One document that is in the way.
    package struct Conflict: Hashable, Sendable {
        package let path: DocumentPath
        /// What the reverted commit left there; nil: nothing.
        package let expected: String?
        /// What stands there now; nil: nothing.
        package let live: String?

        /// What was changed since, for people.
        package var diff: UnifiedDiff { UnifiedDiff(from: expected ?? "", to: live ?? "") }
    }

    package let conflicts: [Conflict]

    /// One sentence for people, without a trailing period.
    package var sentence: String {
        let paths = conflicts.map { "`\($0.path.relative)`" }.joined(separator: ", ")
        return "\(paths) was changed since, so taking the reflection back would overwrite that; nothing was changed"
    }
}

/// Whether two texts are the same bytes; nil: no document.
private func isSame(_ left: String?, _ right: String?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (.some(let left), .some(let right)): left.hasSameBytes(as: right)
    default: false
    }
}
