// SPDX-License-Identifier: Apache-2.0
import Maestro

extension PullDesk.Outcome {
    private var count: Int { manifest.documents.count }
    private var unsent: [PulledChanges.Unsent] { changes.unsent.filter { !$0.isInTheWay } }

    /// For people.
    var lines: [String] {
        let done = [(written.count, "written"), (removed.count, "removed")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)" }
        var lines = [
            "`\(folder)` holds \(count) document\(count == 1 ? "" : "s") of user `\(manifest.user)`: "
                + (done.isEmpty ? "nothing changed" : done.joined(separator: ", "))
        ]
        if !isUserKnown { lines.append("The store never saw this user; `maestro push` sends what you put there") }
        lines += setAside.map { "`\($0.path)` was not sent: it is in `\($0.kept)`" }
        lines += unsent.map { "\($0.sentence): not sent yet" }
        lines += missing.map { "`\($0.path.relative)` cannot be read in the store: \($0.problem ?? "")" }
        return lines
    }

    var json: JSONValue {
        .make([
            ("user", .string(manifest.user.rawValue)), ("folder", .string(folder)),
            ("documents", .number("\(count)")), ("written", .array(written.map(JSONValue.string))),
            ("removed", .array(removed.map(JSONValue.string))),
            (
                "setAside",
                .array(setAside.map { .make([("path", .string($0.path)), ("kept", .string($0.kept))]) })
            ),
            ("unsent", .array(unsent.map { .string($0.path.relative) })),
            ("superseded", .array(superseded.map(JSONValue.string))),
            ("userKnown", .bool(isUserKnown)), ("unreadable", .array(missing.map { .string($0.path.relative) })),
        ])
    }

    /// Nil where the folder is what the store has.
    var failure: Failure? {
        guard !superseded.isEmpty else { return nil }
        let paths = superseded.map { "`\($0)`" }.joined(separator: ", ")
        return .work(
            "\(paths) was edited by someone in the instant of the pull: theirs stayed",
            hint: "send it with `maestro push`, then pull again"
        )
    }
}
