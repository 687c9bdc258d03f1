// SPDX-License-Identifier: Apache-2.0
package import Maestro
package import struct SystemPackage.FilePath

/// A folder that one user's documents were pulled into, laid out like that of the embedded store.
///
/// One process at a time has it: it stays locked as long as this lives.
///
/// A person or an agent may edit its files meanwhile: what they saved is never overwritten.
package final class PulledFolder: Sendable {
    package let path: FilePath
    let root: Directory
    private let internals: Directory
    private let lock: LockFile

    /// Stands in the names of temporary files.
    static let pull = Reflection.ID("pull")
    private static let manifestName = "pulled.json"
    private static let maxManifestBytes = 64 << 20

    private init(path: FilePath, root: Directory, internals: Directory, lock: LockFile) {
        self.path = path
        self.root = root
        self.internals = internals
        self.lock = lock
    }

    /// Opens the folder for a pull, making it where it is missing.
    ///
    /// - Throws: ``PulledFolderRefusal`` where it holds something else than pulled documents.
    package static func making(_ path: FilePath) async throws -> PulledFolder {
        try await LocalStore.onOwnThread {
            if let existing = try Directory.open(path, .none) { try requirePullable(existing) }
            return try locking(try Directory.making(path, .none))
        }
    }

    /// Opens a folder that was pulled before.
    ///
    /// - Throws: ``PulledFolderRefusal`` where it was not.
    package static func open(_ path: FilePath) async throws -> PulledFolder {
        try await LocalStore.onOwnThread {
            guard let root = try Directory.open(path, .none),
                try root.folder(".maestro")?.status(of: manifestName) != nil
            else {
                throw PulledFolderRefusal(
                    "`\(path)` is no pulled folder: it has no `.maestro/\(manifestName)`",
                    hint: "`maestro pull --user USER \(path)` makes one"
                )
            }
            return try locking(root)
        }
    }

    private static func locking(_ root: Directory) throws -> PulledFolder {
        let internals = try root.making(".maestro")
        let lock = try LockFile(opening: internals.path.appending("pulled.lock"))
        guard try lock.tryLock(.exclusive) else {
            throw StoreError.locked(
                "another `maestro` is at work in `\(root.path)`; nothing was changed, try again later"
            )
        }
        return PulledFolder(path: root.path, root: root, internals: internals, lock: lock)
    }

    /// Nothing is pulled between files that are something else, least of all into an embedded store.
    private static func requirePullable(_ root: Directory) throws {
        let internals = try root.folder(".maestro")
        if internals?.status(of: manifestName) != nil { return }
        let names = try root.names()
        guard internals?.status(of: "lock") == nil, !names.contains("maestro.sqlite"), !names.contains("reflections")
        else {
            throw PulledFolderRefusal(
                "`\(root.path)` belongs to an embedded store; nothing was changed",
                hint: "name another folder to pull into"
            )
        }
        // What a pull that was cut off left, and what `git init` and the like put there.
        let others = names.filter { !$0.hasPrefix(".") && !["memory", "projects", "pieces"].contains($0) }
        guard let other = others.first else { return }
        throw PulledFolderRefusal(
            "`\(root.path)` is not empty (it holds `\(other)`) and was never pulled into; nothing was changed",
            hint: "name a folder that is empty or does not exist yet"
        )
    }

    // MARK: - The manifest

    /// Nil where nothing was ever pulled into the folder.
    package func manifest() async throws -> PulledManifest? {
        try await LocalStore.onOwnThread { [internals] in
            switch try internals.read(Self.manifestName, maxBytes: Self.maxManifestBytes) {
            case .absent: return nil
            case .text(let text): return try PulledManifest(json: text)
            case .unreadable(let problem):
                throw StoreError.unusable(
                    "`\(internals.path.appending(Self.manifestName))` cannot be used: \(problem); nothing was changed",
                    hint: "pull into a new folder, and copy into it what you edited in this one"
                )
            }
        }
    }

    /// Replaces the manifest, durably, all of it or nothing.
    package func write(_ manifest: PulledManifest) async throws {
        let text = try manifest.json()
        try await LocalStore.onOwnThread { [internals] in
            let temporary = ".\(Self.manifestName)~"
            try internals.write(text, to: temporary)
            try internals.rename(temporary, to: Self.manifestName)
            try internals.sync()
        }
    }

    // MARK: - Documents

    /// What stands in the folder now.
    package struct Contents: Sendable {
        package let documents: [DocumentPath: FolderText]
        /// Places that look like documents, where none can stand: they are left alone.
        package let strays: [String]

        /// Of everything that can be read.
        package var hashes: [DocumentPath: ContentHash] {
            documents.compactMapValues { $0.text.map { ContentHash(of: $0) } }
        }
    }

    /// `scopes` tells those whose folder's name does not.
    package func contents(knowing scopes: some Sequence<Scope> & Sendable) async throws -> Contents {
        try await LocalStore.onOwnThread { [root] in
            let folder = DocumentFolder(root: root, knowing: scopes)
            return Contents(documents: try folder.documents(), strays: try folder.strays())
        }
    }

    /// Carries the writes out, each from exactly the text that it names to the next, durably.
    ///
    /// - Returns: the places that someone edited in that instant: theirs stayed.
    package func apply(_ writes: [DocumentWrite]) async throws -> Set<DocumentPath> {
        try await LocalStore.onOwnThread { [root] in
            let operations = writes.map { Plan.Operation(change: nil, write: $0) }
            let plan = Plan(reflection: Self.pull, sequence: 1, operations: operations)
            return Set(try PlanApplier(root: root).apply(plan).map { operations[$0].write.path })
        }
    }

    /// Keeps a copy of a text that is about to be replaced, durably, where nothing overwrites it.
    ///
    /// - Returns: its place below the folder.
    package func setAside(_ text: String, of path: DocumentPath) async throws -> String {
        try await LocalStore.onOwnThread { [internals] in
            let kept = try internals.making("kept")
            let temporary = ".text~"
            try kept.write(text, to: temporary)
            return ".maestro/kept/" + (try Self.keep(temporary, of: kept, as: path, in: kept))
        }
    }

    /// Clears up after a pull that was cut off: what it had in hand goes, what someone saved in that instant is kept.
    package func clear(after pull: PulledManifest) async throws {
        guard pull.unfinished != nil else { return }
        try await LocalStore.onOwnThread { [root, internals] in
            for path in Set(pull.documents.keys).union((pull.unfinished ?? [:]).keys) {
                let (folders, file) = path.steps
                let leftover = ".\(file).\(Self.pull)~"
                guard let folder = try root.folder(folders), folder.status(of: leftover) != nil else { continue }
                let hash = try folder.read(leftover).text.map { ContentHash(of: $0) }
                if hash == pull.documents[path]?.hash || hash == pull.unfinished?[path]?.hash {
                    try folder.remove(leftover)
                } else {
                    _ = try Self.keep(leftover, of: folder, as: path, in: try internals.making("kept"))
                }
            }
        }
    }

    /// Moves a file to the first free name for that document, which it returns.
    private static func keep(
        _ name: String,
        of folder: Directory,
        as path: DocumentPath,
        in kept: Directory
    ) throws -> String {
        let (folders, file) = path.steps
        let place = (folders + [file]).joined(separator: "-")
        var number = 1
        while try !folder.renameWithoutReplacing(name, to: "\(place).\(number)", in: kept) {
            // Somebody took it away.
            guard folder.status(of: name) != nil else { break }
            number += 1
        }
        try kept.sync()
        return "\(place).\(number)"
    }
}
