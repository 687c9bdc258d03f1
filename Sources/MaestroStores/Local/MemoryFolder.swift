// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads the entries of one memory folder, each file again only where it was changed.
struct MemoryFolder {
    /// How much is asked of the file system again.
    enum Freshness {
        /// Every file: what a person saved in place is seen.
        case ofFiles
        /// Names alone: files that came or went are seen. Good enough where what matters is compared with its file
        /// afterwards.
        case ofNames
    }

    let scope: Scope
    let folder: Directory
    let cache: FolderCache
    let now: Date

    /// In the order of their file names.
    func entries(_ freshness: Freshness) throws -> [MemoryEntry] {
        let key = folder.path.string
        let known = cache[key]
        // Taken before the names are read: whatever comes in between is seen by the next read.
        let stamp = folder.status().flatMap { FileStamp($0, at: now) }
        let isSameFolder = stamp != nil && known?.stamp == stamp
        if isSameFolder, freshness == .ofNames, let known { return known.entries }

        var remembered = (known?.files ?? [])[...]
        var isUnchanged = isSameFolder
        let names = isSameFolder ? remembered.map(\.name) : try folder.names().filter { $0.hasSuffix(".md") }
        let files: [FolderCache.File] = try names.compactMap { name in
            remembered = remembered.drop { $0.name < name }
            let before = remembered.first.flatMap { $0.name == name ? $0 : nil }
            if let before, freshness == .ofNames { return before }
            if let before, before.stamp != nil, before.stamp == fileStamp(of: name) { return before }
            isUnchanged = false
            return try file(name)
        }
        if isUnchanged, let known { return known.entries }
        let entries = files.compactMap(\.entry)
        cache.keep(FolderCache.Listing(stamp: stamp, files: files, entries: entries), as: key)
        return entries
    }

    /// Nil where no entry can have this name.
    private func file(_ name: String) throws -> FolderCache.File? {
        guard let stem = EntryName(String(name.dropLast(3))) else { return nil }
        let stamp = fileStamp(of: name)
        let entry = try entry(stem, from: name)
        return FolderCache.File(name: name, stamp: stamp == fileStamp(of: name) ? stamp : nil, entry: entry)
    }

    /// Nil where it is no plain file with a single name, or too fresh.
    private func fileStamp(of name: String) -> FileStamp? {
        guard let info = folder.status(of: name), info.st_mode & S_IFMT == S_IFREG, info.st_nlink == 1 else {
            return nil
        }
        return FileStamp(info, at: now)
    }

    private func entry(_ name: EntryName, from file: String) throws -> MemoryEntry? {
        let path = DocumentPath.entry(scope, stem: name)
        switch try folder.read(file) {
        case .absent: return nil
        case .text(let text): return MemoryEntry(reading: Document(path: path, text: text), name: name, scope: scope)
        case .unreadable(let problem):
            return MemoryEntry(
                name: name,
                scope: scope,
                document: Document(path: path, text: ""),
                description: "",
                type: .project,
                body: "",
                problem: problem
            )
        }
    }
}
