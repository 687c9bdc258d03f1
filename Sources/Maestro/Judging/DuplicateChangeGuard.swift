// SPDX-License-Identifier: Apache-2.0

/// `duplicate_change`: every entry and piece is touched by one change of a reply, merges included, so there are no chains.
struct DuplicateChangeGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        if let path = change.paths.first(where: { context.earlier.paths.contains($0.relative.lowercased()) }) {
            return .reject(.duplicateChange, "`\(path.relative)`")
        }
        guard change.operation == .add, let memory = change.memory else { return .accept }
        let words = Similarity(description: memory.description, body: memory.body)
        let isSaid = context.earlier.additions.contains {
            $0.type == memory.type && $0.words.saysTheSame(as: words)
        }
        return isSaid ? .reject(.duplicateChange, "an earlier change adds the same under another name") : .accept
    }
}
