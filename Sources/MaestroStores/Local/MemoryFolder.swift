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
        /// Every file: whatever a person did is seen.
        case ofFiles
        /// Only what the system says was touched, where it watches the folder; else every file.
        case ofTouched
        /// Likewise; else names alone: files that came or went are seen. Good enough where what matters is compared with
        /// its file afterwards.
        case ofNames
    }

    /// Smaller folders are not watched: to ask for each file costs less than to keep a watch.
    private static let watchedFrom = 64
    /// So often every file is asked about, watched or not.
    private static let maxTrust: TimeInterval = 60

    let scope: Scope
    let folder: Directory
    let cache: FolderCache
    let now: Date

    /// In the order of their file names.
    func entries(_ freshness: Freshness) throws -> [MemoryEntry] {
        let key = folder.path.string
        let identity = folder.status().map { FileIdentity($0) }
        let known = cache[key].flatMap { $0.identity == identity ? $0 : nil }
        // Both before the names are read: whatever comes in between is seen by the next read.
        let touched = known.flatMap { known in
            known.files.count < Self.watchedFrom ? nil : cache.watch?.touched(in: folder, after: known.watchedUntil)
        }
        let stamp = folder.status().flatMap { FileStamp($0, at: now) }
        if freshness != .ofFiles, let known, let touched, let names = touched.names, isTrusted(known) {
            if names.isEmpty { return known.entries }
            var listing = try known.reading(names.filter { $0.hasSuffix(".md") }, file)
            listing.stamp = stamp
            listing.watchedUntil = touched.moment
            cache.keep(listing, as: key)
            return listing.entries
        }
        let isSameFolder = stamp != nil && known?.stamp == stamp
        if isSameFolder, freshness == .ofNames, let known { return known.entries }

        var remembered = (known?.files ?? [])[...]
        let names = isSameFolder ? remembered.map(\.name) : try folder.names().filter { $0.hasSuffix(".md") }
        let files: [FolderCache.File] = try names.compactMap { name in
            remembered = remembered.drop { $0.name < name }
            let before = remembered.first.flatMap { $0.name == name ? $0 : nil }
            if let before, freshness == .ofNames { return before }
            if let before, before.stamp != nil, before.stamp == fileStamp(of: name) { return before }
            return try file(name)
        }
        let isUnchanged = known?.files.elementsEqual(files, by: ===) ?? false
        let entries = isUnchanged ? known?.entries : nil
        let listing = FolderCache.Listing(
            identity: identity,
            stamp: stamp,
            files: files,
            entries: entries ?? files.compactMap(\.entry),
            // Names alone say nothing of what was touched.
            watchedUntil: freshness == .ofNames ? known?.watchedUntil : touched?.moment,
            askedAt: freshness == .ofNames ? known?.askedAt ?? .distantPast : now
        )
        cache.keep(listing, as: key)
        return listing.entries
    }

    private func isTrusted(_ known: FolderCache.Listing) -> Bool {
        (0..<Self.maxTrust).contains(now.timeIntervalSince(known.askedAt))
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

extension FolderCache.Listing {
    /// The same with some files read again, which may be new or gone.
    fileprivate func reading(
        _ names: some Sequence<String>,
        _ read: (String) throws -> FolderCache.File?
    ) rethrows -> FolderCache.Listing {
        var (files, entries) = (files, entries)
        for name in names {
            // The order of bytes, in which names were sorted: all of them are ASCII.
            let place = files.partitioningIndex { $0.name >= name }
            if place < files.endIndex, files[place].name == name { files.remove(at: place) }
            // In the same order, but for files that vanished as they were read.
            let turn = entries.partitioningIndex { "\($0.name).md" >= name }
            if turn < entries.endIndex, "\(entries[turn].name).md" == name { entries.remove(at: turn) }
            guard let file = try read(name), let entry = file.entry else { continue }
            files.insert(file, at: place)
            entries.insert(entry, at: turn)
        }
        var listing = self
        listing.files = files
        listing.entries = entries
        return listing
    }
}

extension Array {
    /// The first index from which on all elements do what the earlier do not.
    fileprivate func partitioningIndex(where isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
