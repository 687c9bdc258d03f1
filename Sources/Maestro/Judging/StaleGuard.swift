// SPDX-License-Identifier: Apache-2.0

/// `stale`: what an entry says is what the model read.
///
/// Other front matter may have changed around it.
struct StaleGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard change.operation == .update || change.operation == .remove else { return .accept }
        for entry in [change.entry, change.target].compactMap({ $0 })
        where context.base.shown(at: entry.path)?.meaning != entry.meaning {
            return .reject(.stale, "`\(entry.name)` stays as it is")
        }
        return .accept
    }
}
