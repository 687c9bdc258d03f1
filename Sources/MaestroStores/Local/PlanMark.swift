// SPDX-License-Identifier: Apache-2.0
import Maestro

/// How far a plan came whose completion failed, so that what a person does to finished files meanwhile is not undone.
///
/// It is told by the name of an empty file in the user's `.maestro`: for that a full disk has room, and for nothing else.
struct PlanMark {
    /// The operations that are done, of which some gave way to a person.
    struct Progress: Equatable, Sendable {
        /// How many, from the first on.
        var done = 0
        /// The ordinals of those that gave way.
        var superseded: Set<Int> = []
    }

    private let root: Directory
    private let prefix: String

    /// `root` is the user's folder.
    init(of plan: Plan, below root: Directory) {
        self.root = root
        prefix = "done.\(plan.reflection).\(plan.sequence)."
    }

    /// Nil where nothing failed; what all failures together left where there were several.
    func progress() throws -> Progress? {
        let marks = try names(in: folder()).compactMap { Progress(reading: $0.dropFirst(prefix.count)) }
        guard let furthest = marks.map(\.done).max() else { return nil }
        return Progress(done: furthest, superseded: marks.reduce(into: []) { $0.formUnion($1.superseded) })
    }

    /// Only of operations whose files are durable.
    func note(_ progress: Progress) throws { try folder().makeEmptyFile(prefix + progress.text) }

    func remove() throws {
        let folder = try folder()
        for name in try names(in: folder) { try folder.remove(name) }
    }

    private func folder() throws -> Directory { try root.making(".maestro") }

    private func names(in folder: Directory) throws -> [String] {
        try folder.names().filter { $0.hasPrefix(prefix) }
    }
}

extension PlanMark.Progress {
    /// `3`, or with what gave way `3.0.2`.
    fileprivate var text: String { ([done] + superseded.sorted()).map(String.init).joined(separator: ".") }

    fileprivate init?(reading text: Substring) {
        let numbers = text.split(separator: ".").map { Int($0) }
        guard let first = numbers.first, let done = first else { return nil }
        self.init(done: done, superseded: Set(numbers.dropFirst().compactMap(\.self)))
    }
}
