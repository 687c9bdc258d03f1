// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Maestro

/// `maestro diff ID`: what one reflection changed.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "What a reflection changed, as a diff."
    )

    @Argument(help: "The id of a reflection or of one of its changes, a prefix, or `last`.")
    var id = "last"
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let composition = try await Composition.openToRead(options)
        let (reflection, ordinal) = try await IDs(store: composition.store, user: composition.user).target(id)
        let operations = try await composition.store.operations(of: reflection.id, user: composition.user)
            .filter { ordinal == nil || $0.change.ordinal == ordinal }
        if report.json { return Terminal.json(operations.map { Self.json($0) }) }
        guard !operations.isEmpty else { return Terminal.result("Reflection \(reflection.id.short) changed no file") }
        for operation in operations {
            if operation.isSuperseded {
                Terminal.note("`\(operation.write.path.relative)` was never live: a person's edit won")
            }
            Terminal.result(Self.text(operation.write))
        }
    }

    static func text(_ write: DocumentWrite) -> String {
        let name = write.path.relative
        return UnifiedDiff(from: write.before ?? "", to: write.after ?? "")
            .text(from: write.before == nil ? nil : "a/\(name)", to: write.after == nil ? nil : "b/\(name)")
    }

    private static func json(_ operation: AppliedOperation) -> JSONValue {
        .make([
            ("change", .string(operation.change.description)), ("path", .string(operation.write.path.relative)),
            ("before", ReceiptJSON.optional(operation.write.before)),
            ("after", ReceiptJSON.optional(operation.write.after)),
            ("superseded", .bool(operation.isSuperseded)), ("at", .string(ReceiptJSON.time(operation.at))),
        ])
    }
}
