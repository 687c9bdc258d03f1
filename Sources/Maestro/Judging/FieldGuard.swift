// SPDX-License-Identifier: Apache-2.0

/// `missing_field`: what an operation needs is there.
struct FieldGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        if let edit = change.pieceEdit {
            return edit.edits.isEmpty ? .reject(.missingField, "the edit holds no replacement") : .accept
        }
        guard let memory = change.memory, memory.operation == .add else { return .accept }
        if memory.type == nil { return .reject(.missingField, "an add needs a `type`") }
        if memory.description.isEmpty { return .reject(.missingField, "an add needs a `description`") }
        if memory.body.isEmpty { return .reject(.missingField, "an add needs a `body`") }
        return .accept
    }
}
