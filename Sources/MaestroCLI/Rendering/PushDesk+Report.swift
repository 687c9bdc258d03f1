// SPDX-License-Identifier: Apache-2.0
import Maestro
import struct SystemPackage.FilePath

extension PushDesk.Outcome {
    private var blocked: [PushBlocked] { groups.compactMap(\.blocked) }

    /// For people: what was sent as results, what was not and why beside them.
    func tell() {
        if groups.isEmpty, error == nil { Terminal.result("Nothing was edited in `\(folder.text)`") }
        for sent in groups { Terminal.result(sent.lines(isDryRun: isDryRun, user: user)) }
        for blocked in blocked {
            for conflict in blocked.conflicts { Terminal.note("\(conflict.sentence):\n\(conflict.diff)") }
            for refusal in blocked.refusals {
                Terminal.note("`\(refusal.path.relative)` is refused: \(refusal.message)")
            }
        }
        for place in strays { Terminal.note("`\(place.onOneLine)` was left alone: no document can have this name") }
        for place in ownLines {
            Terminal.note("`\(place)`: the store keeps its own index; your lines stay in this folder")
        }
        if behind > 0 {
            Terminal.note(
                "\(behind) document\(behind == 1 ? "" : "s") changed in the store; `maestro pull \(folder.word)` brings them"
            )
        }
    }

    /// Nil where everything was sent, or would be.
    var failure: Failure? {
        if let error { return Failure(error) }
        guard blocked.isEmpty else { return refusal }
        let superseded = groups.flatMap(\.superseded).map { "`\($0.relative)`" }
        guard !superseded.isEmpty else { return nil }
        return .work(
            "\(superseded.joined(separator: ", ")) was edited in the store in the instant of the push: that edit stayed",
            hint: "push again: it is a conflict then"
        )
    }

    private var refusal: Failure {
        let conflicts = blocked.map(\.conflicts.count).reduce(0, +)
        let refusals = blocked.map(\.refusals.count).reduce(0, +)
        let reasons = [
            conflicts == 0 ? nil : "\(conflicts) conflict\(conflicts == 1 ? "" : "s")",
            refusals == 0 ? nil : "\(refusals) refused file\(refusals == 1 ? "" : "s")",
        ].compactMap { $0 }.joined(separator: " and ")
        let places = blocked.map { "`\($0.place.folder)`" }.joined(separator: ", ")
        let hint =
            conflicts == 0
            ? "mend what is named above, and push again"
            : "`maestro pull --set-aside \(folder.word)` takes the store's text and keeps yours in .maestro/kept; merge them, "
                + "and push again"
        return .work("\(reasons): nothing of \(places) \(isDryRun ? "would be" : "was") sent", hint: hint)
    }

    var json: JSONValue {
        .make([
            ("user", .string(user.rawValue)), ("folder", .string(folder.path.string)), ("dryRun", .bool(isDryRun)),
            ("groups", .array(groups.map(\.json))), ("leftAlone", .array(strays.map(JSONValue.string))),
            ("ownLines", .array(ownLines.map(JSONValue.string))), ("behind", .number("\(behind)")),
            ("error", ReceiptJSON.optional(failure?.message)),
        ])
    }
}

extension PushDesk.Sent {
    fileprivate func lines(isDryRun: Bool, user: UserID) -> [String] {
        let place = "`\(group.place.folder)`"
        guard blocked == nil else { return [] }
        guard !decisions.isEmpty else { return ["\(place): the store has it all already"] }
        let count = "\(decisions.count) change\(decisions.count == 1 ? "" : "s")"
        let head = isDryRun ? "\(place): \(count) would be sent" : "\(place): \(count) sent"
        let lines = [head] + decisions.map { "  \($0.message)" }
        guard let receipt else { return lines }
        return lines + ["Undo: maestro revert \(receipt.reflection.id.short) --user \(user)"]
    }

    fileprivate var json: JSONValue {
        .make([
            ("folder", .string(group.place.folder)),
            ("scope", ReceiptJSON.optional(group.place == .pieces ? nil : group.place.scope.text)),
            ("edited", .array(group.items.map { .string($0.path.relative) })),
            ("reflection", ReceiptJSON.optional(receipt?.reflection.id.rawValue)),
            ("decisions", .array(decisions.map { ReceiptJSON.decision($0, of: receipt?.reflection.id) })),
            (
                "conflicts",
                .array(
                    (blocked?.conflicts ?? []).map {
                        .make([("path", .string($0.path.relative)), ("diff", .string($0.diff))])
                    }
                )
            ),
            (
                "refused",
                .array(
                    (blocked?.refusals ?? []).map {
                        .make([
                            ("path", .string($0.path.relative)), ("code", ReceiptJSON.optional($0.code?.rawValue)),
                            ("message", .string($0.message)),
                        ])
                    }
                )
            ),
            ("superseded", .array(superseded.map { .string($0.relative) })),
        ])
    }
}
