// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What came of something a person did to their own memory.
enum PersonReport {
    static func tell(_ receipt: Receipt, asJSON: Bool) {
        guard !asJSON else { return Terminal.json(ReceiptJSON.value(receipt)) }
        guard let decision = receipt.decisions.first else { return }
        Terminal.result(decision.message)
        Terminal.result(
            receipt.superseded.map { "`\($0.relative)` was edited by someone in that instant: theirs stayed" }
        )
        if !decision.writes.isEmpty { Terminal.result("Undo: maestro revert \(receipt.reflection.id.short)") }
    }
}

/// Names of entries and pieces that a person typed.
enum Names {
    static func entry(_ text: String) throws -> EntryName {
        let stem = text.hasSuffix(".md") ? String(text.dropLast(3)) : text
        guard let name = EntryName(stem) else {
            throw Failure.use("`\(text)` is no name of an entry", hint: "`maestro memory list` shows them")
        }
        return name
    }

    static func piece(_ text: String) throws -> PieceName {
        guard let name = PieceName(text) else {
            throw Failure.use("`\(text)` is no name of a piece", hint: "`maestro piece list` shows them")
        }
        return name
    }
}
