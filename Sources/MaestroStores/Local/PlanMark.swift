// SPDX-License-Identifier: Apache-2.0
import Maestro

/// How far a plan came whose completion failed, so that what a person does to finished files meanwhile is not undone.
///
/// It is told by the name of an empty file in the user's `.maestro`: for that a full disk has room, and for nothing else.
struct PlanMark {
    private let root: Directory
    private let prefix: String

    /// `root` is the user's folder.
    init(of plan: Plan, below root: Directory) {
        self.root = root
        prefix = "done.\(plan.reflection).\(plan.sequence)."
    }

    /// How many operations are done, from the first on; nil where nothing failed.
    func operationsDone() throws -> Int? {
        try names(in: folder()).compactMap { Int($0.dropFirst(prefix.count)) }.max()
    }

    /// Only of operations whose files are durable.
    func note(_ count: Int) throws { try folder().makeEmptyFile("\(prefix)\(count)") }

    func remove() throws {
        let folder = try folder()
        for name in try names(in: folder) { try folder.remove(name) }
    }

    private func folder() throws -> Directory { try root.making(".maestro") }

    private func names(in folder: Directory) throws -> [String] {
        try folder.names().filter { $0.hasPrefix(prefix) }
    }
}
