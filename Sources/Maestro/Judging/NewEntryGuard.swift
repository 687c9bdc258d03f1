// SPDX-License-Identifier: Apache-2.0

/// `already_exists`, `entry_limit`: a new entry takes nobody's place, and a folder stays small enough to be known.
struct NewEntryGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard change.operation == .add, let name = change.name, let scope = change.scope else { return .accept }
        var count = context.earlier.added[scope, default: 0]
        for entry in context.now.entries where entry.scope == scope {
            if entry.name.isSame(as: name) { return .reject(.alreadyExists, "`\(entry.name)` says something else") }
            count += 1
        }
        guard count < context.policy.maxEntries else {
            return .reject(.entryLimit, "\(count) of at most \(context.policy.maxEntries)")
        }
        return .accept
    }
}
