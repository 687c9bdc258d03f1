// SPDX-License-Identifier: Apache-2.0

/// `injection`: hidden characters, and text that imitates the instructions of a prompt, in any field.
struct InjectionGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        for (field, text) in change.texts {
            if let scalar = HiddenCharacters.first(in: text) {
                let code = String(scalar.value, radix: 16, uppercase: true)
                let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
                return .reject(.injection, "the character U+\(padded) in its `\(field)`")
            }
            if let words = PromptImitation.first(in: text) {
                return .reject(.injection, "\"\(words)\" in its `\(field)`")
            }
        }
        return .accept
    }
}
