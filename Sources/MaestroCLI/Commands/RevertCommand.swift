// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro revert ID …`: take back what reflections changed. Is itself a reflection, and can be reverted.
struct RevertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert",
        abstract: "Take back what reflections changed.",
        discussion: "Refuses, with the difference, where something later stands in the way; then nothing is changed.")

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
        let targets = try await targets(composition)
        guard !targets.isEmpty else { return Terminal.result("Nothing was changed since then") }
        let operations = try await operations(of: targets, composition)
        guard !operations.isEmpty else { throw Failure.use("nothing to take back: no file was changed") }
        let request = CommitRequest(
            reflection: composition.makeReflectionID(), kind: .revert, user: composition.user, scope: targets[0].reflection.scope,
            report: Report(reflector: "revert", startedAt: Date()), paths: Array(Set(operations.map(\.write.path))),
            reverts: targets.map { target in
                target.ordinal.map { ChangeID(target.reflection.id, $0).description } ?? target.reflection.id.rawValue
            })
        let receipt: Receipt
        do {
            receipt = try await composition.store.commit(request) { now in try Revert(operations: operations, now: now).judgement }
        } catch let blocked as RevertBlocked {
            tell(blocked)
            throw Failure.work(blocked.sentence, hint: "nothing was changed; take back the later change first, or edit by hand")
        } catch {
            throw Failure(error)
        }
        if report.json { return Terminal.result(ReceiptJSON.value(receipt).text) }
        let paths = receipt.decisions.flatMap(\.writes)
        Terminal.result(paths.map { "\($0.after == nil ? "removed" : "restored") \($0.path.relative)" })
        Terminal.result("Undo: maestro revert \(receipt.reflection.id.short)")
    }

    private typealias Target = (reflection: Reflection, ordinal: Int?)

    private func targets(_ composition: Composition) async throws -> [Target] {
        if let since {
            let query = HistoryQuery(
                user: composition.user, kinds: [.job, .person], since: try Since.date(since), limit: 100_000)
            let reverted = try await revertedIDs(composition)
            return try await composition.store.reflections(query).filter { !reverted.contains($0.id.rawValue) }.map { ($0, nil) }
        }
        let finder = IDs(store: composition.store, user: composition.user)
        var targets: [Target] = []
        for id in ids { targets.append(try await finder.target(id)) }
        return targets
    }

    /// What earlier reverts took back already.
    private func revertedIDs(_ composition: Composition) async throws -> Set<String> {
        let reverts = try await composition.store.reflections(HistoryQuery(user: composition.user, kinds: [.revert], limit: 100_000))
        return Set(reverts.flatMap(\.reverts))
    }

    private func operations(of targets: [Target], _ composition: Composition) async throws -> [AppliedOperation] {
        var operations: [AppliedOperation] = []
        for target in targets {
            operations += try await composition.store.operations(of: target.reflection.id, user: composition.user)
                .filter { target.ordinal == nil || $0.change.ordinal == target.ordinal }
        }
        return operations
    }

    private func tell(_ blocked: RevertBlocked) {
        for conflict in blocked.conflicts {
            let name = conflict.path.relative
            Terminal.note(conflict.diff.text(from: conflict.expected == nil ? nil : "left/\(name)", to: conflict.live == nil ? nil : "now/\(name)"))
        }
    }
}
