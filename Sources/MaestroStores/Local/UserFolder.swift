// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import struct SystemPackage.FilePath

/// Reads one user's documents.
///
/// The files are the truth: what a person added, changed or deleted is simply so.
struct UserFolder: Sendable {
    let path: FilePath
    let builtin: [PieceName: String]
    let cache: FolderCache
    let now: Date

    /// What one read found, apart from what the database knows.
    struct Contents {
        var entries: [MemoryEntry]
        var pieces: PieceCatalog
        var others: [Document]
    }

    func contents(
        in scope: Scope,
        and paths: [DocumentPath] = [],
        _ freshness: MemoryFolder.Freshness = .ofFiles
    ) throws -> Contents {
        guard let root = try Directory.open(path, .none) else {
            return Contents(entries: [], pieces: PieceCatalog(builtin: builtin), others: [])
        }
        var entries = try self.entries(in: .global, of: root, freshness)
        if scope != .global { entries += try self.entries(in: scope, of: root, freshness) }
        let others = try paths.filter { path in !entries.contains { $0.path == path } }.compactMap { path in
            try Self.read(path, of: root).text.map { Document(path: path, text: $0) }
        }
        return Contents(entries: entries, pieces: try pieces(of: root), others: others)
    }

    /// The entries of one folder, in the order of their file names.
    func entries(
        in scope: Scope,
        of root: Directory,
        _ freshness: MemoryFolder.Freshness = .ofFiles
    ) throws -> [MemoryEntry] {
        guard let folder = try root.folder(DocumentPath.folder(of: scope).split(separator: "/").map(String.init)) else {
            return []
        }
        return try MemoryFolder(scope: scope, folder: folder, cache: cache, now: now).entries(freshness)
    }

    private func pieces(of root: Directory) throws -> PieceCatalog {
        guard let folder = try root.folder("pieces") else { return PieceCatalog(builtin: builtin) }
        var own: [PieceName: Document] = [:]
        for file in try folder.names() where file.hasSuffix(".yaml") {
            guard let name = PieceName(String(file.dropLast(5))), let text = try folder.read(file).text else {
                continue
            }
            own[name] = Document(path: .piece(name), text: text)
        }
        return PieceCatalog(builtin: builtin, own: own)
    }

    /// What stands at one place.
    static func read(_ path: DocumentPath, of root: Directory) throws -> LiveFile {
        let (folders, file) = path.steps
        return try root.folder(folders)?.read(file) ?? .absent
    }

    /// The project folders that exist, as their keys are encoded.
    func projectFolders() throws -> [String] {
        try Directory.open(path, .none)?.folder("projects")?.names() ?? []
    }
}

extension DocumentPath {
    /// The folders from the user's folder down, and the file's name.
    var steps: (folders: [String], file: String) {
        var parts = relative.split(separator: "/").map(String.init)
        let file = parts.removeLast()
        return (parts, file)
    }
}
