// SPDX-License-Identifier: Apache-2.0
import Maestro

/// What two stores hold, laid side by side: pure.
package struct CopyComparison: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package let kind: CopyKind
        package let source: Int
        package let target: Int
        /// Of the source.
        package let hash: String
        /// Users of whom the stores do not have the same, sorted.
        package let differing: [String]

        package var isEqual: Bool { differing.isEmpty }
    }

    /// One for every kind.
    package let lines: [Line]

    package var isEqual: Bool { lines.allSatisfy(\.isEqual) }

    package init(source: CopyInventory, target: CopyInventory) {
        lines = CopyKind.allCases.map { kind in
            let (ours, theirs) = (source.entries[kind] ?? [:], target.entries[kind] ?? [:])
            let users = Set(ours.keys).union(theirs.keys)
            return Line(
                kind: kind,
                source: source.count(of: kind),
                target: target.count(of: kind),
                hash: source.hash(of: kind).hex,
                differing: users.filter { ours[$0] != theirs[$0] }.sorted()
            )
        }
    }
}
