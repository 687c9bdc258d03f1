// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Maestro
import struct SystemPackage.FilePath

/// `maestro show ID`: all about one reflection.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "All about one reflection.")

    @Argument(help: "The reflection's id, a prefix of it, or `last`.")
    var id = "last"
    @OptionGroup var options: GlobalOptions
    @OptionGroup var report: ReportOptions

    func run() async throws {
        let composition = try await Composition.openToRead(options)
        let found = try await IDs(store: composition.store, user: composition.user).reflection(id)
        guard let receipt = try await composition.store.receipt(for: found.id, of: composition.user) else {
            throw Failure.work("reflection `\(found.id)` has no receipt")
        }
        if report.json { return Terminal.json(ReceiptJSON.value(receipt)) }
        var text = ReceiptText(receipt: receipt, userFolder: composition.userFolder)
        text.limit = .max
        Terminal.result(text.lines + facts(receipt))
    }

    private func facts(_ receipt: Receipt) -> [String] {
        let reflection = receipt.reflection
        var lines = ["", "id        \(reflection.id)", "scope     \(reflection.scope)"]
        if let piece = reflection.piece { lines.append("piece     \(piece)") }
        if let model = reflection.model { lines.append("model     \(model)") }
        if reflection.kind == .job {
            lines.append("tokens    \(Self.count(reflection.tokensIn)) in, \(Self.count(reflection.tokensOut)) out")
        }
        lines.append("took      \(reflection.durationMilliseconds) ms")
        if let digest = reflection.digest {
            lines.append("digest    \(ByteText.of(digest.bytes)) of \(ByteText.of(digest.ofBytes))")
        }
        if let snapshot = receipt.snapshot { lines.append("snapshot  \(snapshot)") }
        if !reflection.reasoning.isEmpty { lines.append("reasoning \(reflection.reasoning.onOneLine)") }
        return lines + reflection.notes.map { "note      \($0)" }
    }

    static func count(_ tokens: Int?) -> String { tokens.map(String.init) ?? "unknown" }
}
