// SPDX-License-Identifier: Apache-2.0

/// `secret`: nothing that the redactor knows is ever kept.
struct SecretGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        let fields =
            change.texts + [("quote", change.proposed.quote ?? "")]
            + ModelWords.ends(of: change.memory?.name ?? "").map { ("name", $0) }
        for (field, text) in fields {
            let found = Redactor.standard.redacting(text).counts.keys.sorted()
            if !found.isEmpty { return .reject(.secret, "\(found.joined(separator: ", ")) in its `\(field)`") }
        }
        return .accept
    }
}
