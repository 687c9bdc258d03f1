// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro revert ID …`: take back what reflections changed.
///
/// Is itself a reflection, and can be reverted.
struct RevertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert",
        abstract: "Take back what reflections changed.",
        discussion: "Refuses, with the difference, where something later stands in the way; then nothing is changed."
    )

    @Argument(help: "Ids of reflections or of single changes, prefixes, or `last`.")
    var ids: [String] = []
    @Option(name: .long, help: ArgumentHelp("All since then: 2d, 12h, or 2026-11-20.", valueName: "time"))
    var since: String?
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard ids.isEmpty != (since == nil) else { throw ValidationError("name ids, or a time with --since") }
    }

    func run() async throws {
        let composition = try await Composition.open(options)
        let targets = try await targets(composition).filter { !$0.operations.isEmpty }
        guard !targets.isEmpty else {
            if since != nil { return Terminal.result(report.json ? [] : ["Nothing was changed since then"]) }
            throw Failure.use(
                "nothing to take back: no file was changed",
                hint: "`maestro log` shows what changed something"
            )
        }
        let receipt = try await takeBack(targets, composition)
        if report.json { return Terminal.json(ReceiptJSON.value(receipt)) }
        for decision in receipt.decisions {
            let files = decision.writes.map { "\($0.after == nil ? "removed" : "restored") \($0.path.relative)" }
            Terminal.result(files.isEmpty ? ["\(decision.name) \(decision.message)"] : files)
        }
        Terminal.result(
            receipt.superseded.map { "`\($0.relative)` was edited by someone in that instant: theirs stayed" }
        )
        if receipt.reflection.outcome == .applied {
            Terminal.result("Undo: maestro revert \(receipt.reflection.id.short)")
        }
    }

    /// A reflection or one of its changes, with what it did to documents.
    private struct Target {
        let reflection: Reflection
        let ordinal: Int?
        let operations: [AppliedOperation]

        var id: String { ordinal.map { ChangeID(reflection.id, $0).description } ?? reflection.id.rawValue }
    }

    private func targets(_ composition: Composition) async throws -> [Target] {
        var found: [(reflection: Reflection, ordinal: Int?)] = []
        if let since {
            // Reverts too: stepping back through all of them, newest first, leaves what stood there at that time.
            let query = HistoryQuery(user: composition.user, since: try Since.date(since), limit: 100_000)
            found = try await composition.store.reflections(query).map { ($0, nil) }
        }
        let finder = IDs(store: composition.store, user: composition.user)
        for id in ids { found.append(try await finder.target(id)) }
        var targets: [Target] = []
        for (reflection, ordinal) in found
        where !targets.contains(where: { $0.reflection.id == reflection.id && $0.ordinal == ordinal }) {
            let operations = try await composition.store.operations(of: reflection.id, user: composition.user)
                .filter { ordinal == nil || $0.change.ordinal == ordinal }
            targets.append(Target(reflection: reflection, ordinal: ordinal, operations: operations))
        }
        return targets
    }

    private func takeBack(_ targets: [Target], _ composition: Composition) async throws -> Receipt {
        // A change may be named beside its reflection: every operation counts once.
        var seen: Set<AppliedOperation> = []
        let operations = targets.flatMap(\.operations).filter { seen.insert($0).inserted }
        let request = CommitRequest(
            reflection: composition.makeReflectionID(),
            kind: .revert,
            user: composition.user,
            scope: targets[0].reflection.scope,
            report: Report(reflector: "revert", startedAt: Date()),
            paths: Array(Set(operations.map(\.write.path))),
            reverts: targets.map(\.id)
        )
        do {
            return try await composition.store.commit(request) { now in
                try Revert(operations: operations, now: now).judgement
            }
        } catch let blocked as RevertBlocked {
            tell(blocked)
            throw Failure.work(blocked.sentence, hint: "take back the later change first, or edit by hand")
        }
    }

    private func tell(_ blocked: RevertBlocked) {
        for conflict in blocked.conflicts {
            let name = conflict.path.relative
            Terminal.note(
                conflict.diff.text(
                    from: conflict.expected == nil ? nil : "left/\(name)",
                    to: conflict.live == nil ? nil : "now/\(name)"
                )
            )
        }
    }
}
