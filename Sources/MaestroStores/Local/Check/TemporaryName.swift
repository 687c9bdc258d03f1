// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// A name that only our own writes give: `.<file>.<reflection>~` beside a document, `.<reflection>~` for a snapshot that
/// is built, `.index.jsonl~` for the index.
///
/// Editors have marks of their own (`file~`, `.file.swp`); theirs are not read as ours.
struct TemporaryName: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// Beside the document with this file name.
        case document(String)
        case snapshot
        case index
    }

    let kind: Kind
    /// Nil for the index.
    let reflection: Reflection.ID?

    /// Nil where the name is not one of ours.
    init?(_ name: String) {
        guard name.hasPrefix("."), name.hasSuffix("~"), name.utf8.count > 2 else { return nil }
        let inner = String(name.dropFirst().dropLast())
        if inner == IndexFile.name {
            kind = .index
            reflection = nil
            return
        }
        for suffix in [".md.", ".yaml."] {
            guard let range = inner.range(of: suffix, options: .backwards), range.lowerBound > inner.startIndex,
                range.upperBound < inner.endIndex
            else { continue }
            kind = .document(String(inner[..<range.lowerBound]) + suffix.dropLast())
            reflection = Reflection.ID(String(inner[range.upperBound...]))
            return
        }
        guard let id = PathComponent.decoding(inner), !inner.contains(".") else { return nil }
        kind = .snapshot
        reflection = Reflection.ID(id)
    }

    /// Whether our writes give such a name in that folder.
    func belongs(in folders: [String]) -> Bool {
        switch kind {
        case .document: folders != ["reflections"]
        case .snapshot, .index: folders == ["reflections"]
        }
    }
}
