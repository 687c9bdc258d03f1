// SPDX-License-Identifier: Apache-2.0

/// `not_shown`: only an entry that the model read in full may lose or change its text.
struct ShownGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard change.operation == .update || change.operation == .remove else { return .accept }
        for entry in [change.entry, change.target].compactMap({ $0 })
        where context.base.shown(at: entry.path)?.inFull != true {
            return .reject(.notShown, "`\(entry.name)`")
        }
        return .accept
    }
}
