// SPDX-License-Identifier: Apache-2.0

/// Which entries fit a budget: the best in full, the next by their description, the rest left out.
///
/// Serves the prompt and recall alike, so that both show the same order for the same words.
package struct EntrySelection: Sendable {
    /// Best first.
    package private(set) var inFull: [MemoryEntry] = []
    package private(set) var byDescription: [MemoryEntry] = []
    package private(set) var leftOut = 0

    /// Share of the budget that full texts may take; the rest is for descriptions, which show what else exists.
    private static let fullShare = 0.7

    /// Selects from `entries` by rank.
    ///
    /// `query` is what to rank by: the digest, or the task. `budgetBytes` holds full texts and lines together. With
    /// `needsMatch`, entries that share no word with the query are left out; without `allowsFull`, only descriptions are
    /// shown.
    package init(
        of entries: [MemoryEntry],
        query: String,
        budgetBytes: Int,
        needsMatch: Bool = false,
        allowsFull: Bool = true,
        atMost limit: Int = .max
    ) {
        let readable = entries.allSatisfy(\.isReadable) ? entries : entries.filter(\.isReadable)
        let ranking = Ranking(readable.map(\.words))
        var left = budgetBytes
        var fullLeft = Int(Double(budgetBytes) * Self.fullShare)
        for match in ranking.matches(for: query) where !needsMatch || match.score > 0 {
            let entry = readable[match.index]
            guard inFull.count + byDescription.count < limit else {
                leftOut += 1
                continue
            }
            let (full, line) = (Self.fullSize(of: entry) + 1, Self.lineSize(of: entry) + 1)
            if allowsFull, match.score > 0, full <= fullLeft {
                inFull.append(entry)
                fullLeft -= full
                left -= full
            } else if line <= left {
                byDescription.append(entry)
                left -= line
            } else {
                leftOut += 1
            }
        }
    }

    package static func fullText(of entry: MemoryEntry) -> String {
        "## \(entry.name) (\(entry.type.rawValue), \(entry.scope == .global ? "global" : "project"))\n"
            + "\(entry.description)\n\(entry.body)\n"
    }

    package static func line(of entry: MemoryEntry) -> String { "- \(entry.name): \(entry.description)" }

    /// Bytes of ``fullText(of:)``, counted without making it: thousands of entries are weighed, few are shown.
    private static func fullSize(of entry: MemoryEntry) -> Int {
        let place = entry.scope == .global ? "global" : "project"
        return "##  (, )\n\n\n".utf8.count + entry.name.rawValue.utf8.count + entry.type.rawValue.utf8.count
            + place.utf8.count + entry.description.utf8.count + entry.body.utf8.count
    }

    /// Bytes of ``line(of:)``.
    private static func lineSize(of entry: MemoryEntry) -> Int {
        "- : ".utf8.count + entry.name.rawValue.utf8.count + entry.description.utf8.count
    }
}
