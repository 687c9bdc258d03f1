// SPDX-License-Identifier: Apache-2.0

/// `invalid_name`: a name is a legal file stem; everything else never reaches the file system.
struct NameGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard let memory = change.memory else { return .accept }
        if EntryName(memory.name) == nil || change.name == nil { return .reject(.invalidName) }
        if let target = memory.mergeTarget, EntryName(target) == nil {
            return .reject(.invalidName, "the one of `merge_target`")
        }
        return .accept
    }
}
