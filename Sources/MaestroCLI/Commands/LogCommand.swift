// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro

/// `maestro log`: what happened, newest first, one line each.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "log", abstract: "What happened, newest first.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions
    @Option(name: .long, help: ArgumentHelp("Only since then: 2d, 12h, or 2026-11-20.", valueName: "time"))
    var since: String?
    @Option(name: .long, help: ArgumentHelp("Most lines.", valueName: "n"))
    var limit = 20

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be above 0") }
    }

    func run() async throws {
        let since = try since.map { try Since.date($0) }
        let composition = try await Composition.openToRead(options)
        let reflections = try await composition.store.reflections(
            HistoryQuery(user: composition.user, since: since, limit: limit)
        )
        if report.json {
            for reflection in reflections {
                guard let receipt = try await composition.store.receipt(for: reflection.id, of: composition.user)
                else { continue }
                Terminal.json(ReceiptJSON.value(receipt))
            }
            return
        }
        guard !reflections.isEmpty else {
            return Terminal.result(since == nil ? "Nothing yet. Next: maestro reflect FILE" : "Nothing since then")
        }
        for reflection in reflections {
            // What a person did is told by its decision; there are few of them on a page.
            let receipt =
                reflection.kind == .person
                ? try await composition.store.receipt(for: reflection.id, of: composition.user) : nil
            Terminal.result(Self.line(reflection, decisions: receipt?.decisions ?? []))
        }
    }

    static func line(_ reflection: Reflection, decisions: [Decision] = []) -> String {
        let time = reflection.createdAt.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: false)
                .dateTimeSeparator(.space)
        )
        let subject =
            switch reflection.kind {
            case .job: "job \(reflection.job?.rawValue.cut(toBytes: 40) ?? "")"
            case .revert: "reverts \(reflection.reverts.map { String($0.prefix(10)) }.joined(separator: ", "))"
            case .person:
                decisions.first.map { first in
                    let more = decisions.count > 1 ? " and \(decisions.count - 1) more" : ""
                    return "a person: \(first.operation.rawValue) \(first.name)\(more)"
                } ?? "a person"
            }
        let outcome = reflection.outcome.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
        let changes = reflection.memoryChanges > 0 ? "  +\(reflection.memoryChanges)" : ""
        return
            "\(reflection.id.short)  \(time)  \(outcome)  \(subject)\(changes)\(reflection.pieceEdited ? "  piece" : "")"
    }
}
