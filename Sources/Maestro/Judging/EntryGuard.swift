// SPDX-License-Identifier: Apache-2.0

/// `unknown_entry`, `entry_unreadable`, `stale`: the entries that a change is about are there and can be read.
struct EntryGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard let memory = change.memory, memory.operation != .add else { return .accept }
        if change.isEntryGone { return .reject(.stale, "`\(memory.name)` was removed") }
        guard let entry = change.entry else { return .reject(.unknownEntry, "`\(memory.name.prefix(64))`") }
        if let problem = entry.problem { return .reject(.entryUnreadable, "`\(entry.name)`: \(problem)") }
        guard change.isMerge, let name = memory.mergeTarget else { return .accept }
        if change.isTargetGone { return .reject(.stale, "`\(name)` was removed") }
        guard let target = change.target else { return .reject(.unknownEntry, "`\(name.prefix(64))`") }
        if let problem = target.problem { return .reject(.entryUnreadable, "`\(target.name)`: \(problem)") }
        return target.path == entry.path ? .reject(.noEffect, "an entry cannot be folded into itself") : .accept
    }
}
