// SPDX-License-Identifier: Apache-2.0

/// What the folder `reflections/<id>/` holds: the manifest, and the texts before and after of everything changed.
///
/// Where several plans of one reflection touch a document, `before` is the text before the first and `after` the text
/// after the last; the manifest lists each step.
package struct Snapshot: Hashable, Sendable {
    /// Name of the folder below `reflections/`.
    package let folder: String
    package let manifest: String
    /// By relative path; a document that did not exist has no text.
    package let before: [String: String]
    package let after: [String: String]

    package init(of record: AuditRecord, operations: [Plan.Operation]) throws {
        var before: [String: String?] = [:]
        var after: [String: String?] = [:]
        for write in operations.map(\.write) {
            let path = write.path.relative
            if before[path] == nil { before[path] = .some(write.before) }
            after[path] = .some(write.after)
        }
        folder = PathComponent.encoding(record.reflection.id.rawValue)
        manifest = try record.json(indented: true) + "\n"
        self.before = before.compactMapValues(\.self)
        self.after = after.compactMapValues(\.self)
    }
}
