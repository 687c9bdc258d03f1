// SPDX-License-Identifier: Apache-2.0
import Maestro

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads what stands in a user's folder, as the check asks for it.
struct FolderInspector {
    /// A manifest may hold a whole raw reply.
    private static let maxBytes = 64 << 20

    let root: Directory

    /// The reflections folder's facts: index, what nobody knows, and snapshots against those that `expected` gives, one at
    /// a time.
    func reflections(
        expecting ids: [Reflection.ID],
        _ expected: (Reflection.ID) throws -> Snapshot?,
        into facts: inout FolderFacts
    ) throws {
        guard let folder = try root.folder("reflections") else {
            facts.hasReflections = false
            return
        }
        facts.index = try folder.read(IndexFile.name, maxBytes: IndexFile.maxBytes)
        var known: Set<String> = [IndexFile.name, KeptFiles.folder]
        for id in ids {
            guard let snapshot = try expected(id) else { continue }
            known.insert(snapshot.folder)
            let found = try files(of: snapshot.folder, in: folder)
            facts.snapshots.append(
                .init(reflection: id, difference: found.map { SnapshotDifference(between: snapshot, and: $0) })
            )
        }
        for name in try folder.names() where !known.contains(name) && TemporaryName(name) == nil {
            if isFolder(name, in: folder) { facts.unknownFolders.append(name) } else { facts.strayFiles.append(name) }
        }
    }

    private func isFolder(_ name: String, in folder: Directory) -> Bool {
        folder.status(of: name).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// All files of a snapshot by their path in it; nil where there is nothing of that name.
    private func files(of name: String, in folder: Directory) throws -> [String: LiveFile]? {
        guard folder.status(of: name) != nil else { return nil }
        guard isFolder(name, in: folder), let snapshot = try folder.folder(name) else {
            return ["": .unreadable("it is not a folder")]
        }
        var found: [String: LiveFile] = [:]
        try collect(from: snapshot, below: "", into: &found)
        return found
    }

    private func collect(from folder: Directory, below place: String, into found: inout [String: LiveFile]) throws {
        for name in try folder.names() {
            if isFolder(name, in: folder), let inner = try folder.folder(name) {
                try collect(from: inner, below: place + name + "/", into: &found)
            } else {
                found[place + name] = try folder.read(name, maxBytes: Self.maxBytes)
            }
        }
    }

    // MARK: - Temporary files

    /// Everything with the mark of our temporary files; `isKnown` says whether the database has what it holds.
    func temporaries(
        isKnown: (TemporaryName, LiveFile, _ folders: [String]) throws -> Bool
    ) throws
        -> [FolderFacts.Temporary]
    {
        var found: [FolderFacts.Temporary] = []
        let projects = try root.folder("projects")?.names() ?? []
        let memories = [["memory"]] + projects.map { ["projects", $0, "memory"] }
        for folders in memories + [["pieces"], ["reflections"]] {
            guard try isReachable(folders), let folder = try root.folder(folders) else { continue }
            for name in try folder.names() {
                guard let temporary = TemporaryName(name), temporary.belongs(in: folders) else { continue }
                let file: LiveFile =
                    isFolder(name, in: folder) ? .unreadable("") : try folder.read(name, maxBytes: IndexFile.maxBytes)
                found.append(
                    .init(
                        folders: folders,
                        name: name,
                        reflection: temporary.reflection,
                        isKnown: try isKnown(temporary, file, folders)
                    )
                )
            }
        }
        return found
    }

    /// A file of a person's beside the projects' folders is none of our business.
    private func isReachable(_ folders: [String]) throws -> Bool {
        guard folders.count > 1 else { return true }
        guard let parent = try root.folder(folders.dropLast(2)) else { return false }
        return isFolder(folders[folders.count - 2], in: parent)
    }

    /// By folder: how much lies where things were moved aside.
    func kept() throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for folders in [[".maestro", KeptFiles.folder], ["reflections", KeptFiles.folder]] {
            let count = try root.folder(folders)?.names().count ?? 0
            if count > 0 { counts[folders.joined(separator: "/")] = count }
        }
        return counts
    }

    func documents(at paths: [DocumentPath]) throws -> [DocumentPath: String] {
        var hashes: [DocumentPath: String] = [:]
        for path in paths {
            if let text = try UserFolder.read(path, of: root).text { hashes[path] = ContentHash(of: text).hex }
        }
        return hashes
    }
}
