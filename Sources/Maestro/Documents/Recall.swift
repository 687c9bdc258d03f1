// SPDX-License-Identifier: Apache-2.0

/// What an agent is told before a task: the entries that match it, within a budget.
package struct Recall: Sendable {
    /// One entry that is told.
    package struct Item: Sendable {
        package let entry: MemoryEntry
        /// 1 for the best match.
        package let rank: Int
        package let inFull: Bool
    }

    package let items: [Item]
    /// Matching entries that did not fit.
    package let leftOut: Int

    /// Selects what matches `task`; `budgetTokens` are counted at 3 bytes a token, as everywhere.
    package init(task: String, state: UserState, budgetTokens: Int) {
        let selection = EntrySelection(
            of: state.entries,
            query: task,
            budgetBytes: TokenCount.bytes(in: budgetTokens),
            needsMatch: true
        )
        let full = selection.inFull.map { ($0, true) }
        let lines = selection.byDescription.map { ($0, false) }
        items = (full + lines).enumerated().map { Item(entry: $1.0, rank: $0 + 1, inFull: $1.1) }
        leftOut = selection.leftOut
    }

    /// Markdown for an agent's context: facts with their names; empty where nothing matches.
    package var markdown: String {
        guard !items.isEmpty else { return "" }
        let full = items.filter(\.inFull).map { EntrySelection.fullText(of: $0.entry) }
        let lines = items.filter { !$0.inFull }.map { EntrySelection.line(of: $0.entry) }
        var parts = ["# Remembered from earlier jobs"] + full
        if !lines.isEmpty { parts.append("More, by name:\n" + lines.joined(separator: "\n")) }
        if leftOut > 0 { parts.append("\(leftOut) more match; ask with a larger budget to see them.") }
        return parts.joined(separator: "\n") + "\n"
    }
}
