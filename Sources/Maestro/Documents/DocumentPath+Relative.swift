// SPDX-License-Identifier: Apache-2.0

extension DocumentPath {
    /// The document whose place below the user's folder is `relative`; `scope` is that of its memory folder.
    ///
    /// Nil where no document can stand there: the path is made anew from checked parts and must be the same.
    package init?(relative: String, in scope: Scope?) {
        guard let file = relative.split(separator: "/").last.map(String.init) else { return nil }
        let path: DocumentPath? =
            switch scope {
            case .some(let scope) where file == "MEMORY.md": .index(scope)
            case .some(let scope) where file.hasSuffix(".md"):
                EntryName(String(file.dropLast(3))).map { .entry(scope, stem: $0) }
            case nil where file.hasSuffix(".yaml"): PieceName(String(file.dropLast(5))).map { .piece($0) }
            default: nil
            }
        guard let path, path.relative == relative else { return nil }
        self = path
    }
}
