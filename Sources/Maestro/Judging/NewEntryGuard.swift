// SPDX-License-Identifier: Apache-2.0

/// `already_exists`, `entry_limit`: a new entry takes nobody's place, and a folder stays small enough to be known.
struct NewEntryGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard change.operation == .add, let name = change.name, let scope = change.scope else { return .accept }
        let folder = context.now.entries.filter { $0.scope == scope }
        if let taken = folder.first(where: { $0.name.folded == name.folded }) {
            return .reject(.alreadyExists, "`\(taken.name)` says something else")
        }
        let count = folder.count + context.earlier.added[scope, default: 0]
        guard count < context.policy.maxEntries else {
            return .reject(.entryLimit, "\(count) of at most \(context.policy.maxEntries)")
        }
        return .accept
    }
}
