// SPDX-License-Identifier: Apache-2.0
import CFileSystem
import Maestro
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open folder.
///
/// Every step below it goes through its descriptor, so that no symbolic link is ever followed and a folder that is
/// swapped under us cannot lead anywhere else.
///
/// All calls block; they run on the store's own threads.
final class Directory: Sendable {
    /// Where it was found, for messages only.
    let path: FilePath
    let descriptor: CInt
    /// What changes of everything below it pass through.
    let effects: Effects

    private init(path: FilePath, descriptor: CInt, effects: Effects) {
        self.path = path
        self.descriptor = descriptor
        self.effects = effects
    }

    deinit { close(descriptor) }

    /// Opens a folder that the operator named: links on the way to it are the operator's business.
    static func open(_ path: FilePath, _ effects: Effects) throws -> Directory? {
        let descriptor = retrying { openPath(path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileProblem.refused("open", path, errno)
        }
        return Directory(path: path, descriptor: descriptor, effects: effects)
    }

    /// Opens it, made with all its parents (0700) where it is missing.
    static func making(_ path: FilePath, _ effects: Effects) throws -> Directory {
        if let existing = try open(path, effects) { return existing }
        guard let name = path.lastComponent?.string else { throw FileProblem.refused("make", path, ENOENT) }
        return try making(path.removingLastComponent(), effects).making(name)
    }

    /// The folder `name` in this one; nil where nothing has that name.
    func folder(_ name: String) throws -> Directory? {
        let descriptor = Self.retrying {
            openat(self.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP, ENOTDIR: throw FileProblem.notAFolder(path.appending(name))
            default: throw FileProblem.refused("open", path.appending(name), errno)
            }
        }
        return Directory(path: path.appending(name), descriptor: descriptor, effects: effects)
    }

    /// The folder `name` in this one, made (0700) where it is missing; durable unless the caller syncs later.
    func making(_ name: String, isDurable: Bool = true) throws -> Directory {
        if let existing = try folder(name) { return existing }
        try effects.announce(.makeFolder(path.appending(name)))
        if mkdirat(descriptor, name, 0o700) == 0 {
            if isDurable { try sync() }
        } else if errno != EEXIST {
            throw FileProblem.refused("make", path.appending(name), errno)
        }
        guard let made = try folder(name) else { throw FileProblem.refused("make", path.appending(name), ENOENT) }
        return made
    }

    /// The folder at the end of `names`, each step without following links; nil where one is missing.
    func folder(_ names: some Sequence<String>) throws -> Directory? {
        var current = self
        for name in names {
            guard let next = try current.folder(name) else { return nil }
            current = next
        }
        return current
    }

    func making(_ names: some Sequence<String>) throws -> Directory {
        try names.reduce(self) { try $0.making($1) }
    }

    /// Makes what is missing of several paths; durable with one sync for each folder in which something was made.
    func makeAll(_ paths: [[String]]) throws {
        var parents: [Directory] = []
        let made = Result { for path in paths { try make(path, &parents) } }
        // Also where one could not be made: nobody syncs for a folder that is there already.
        let synced = parents.map { parent in Result { try parent.sync() } }
        try made.get()
        for result in synced { try result.get() }
    }

    /// Notes in which folders something was made.
    private func make(_ path: [String], _ parents: inout [Directory]) throws {
        var current = self
        for name in path {
            if let existing = try current.folder(name) {
                current = existing
                continue
            }
            let parent = current
            current = try parent.making(name, isDurable: false)
            if !parents.contains(where: { $0.path == parent.path }) { parents.append(parent) }
        }
    }

    /// Names in the folder, sorted, without `.` and `..`.
    func names() throws -> [String] {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw FileProblem.refused("list", path, errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            // It ends with nothing in both cases, and a folder that cannot be read is not an empty one.
            errno = 0
            guard let item = readdir(stream) else {
                guard errno == 0 else { throw FileProblem.refused("list", path, errno) }
                break
            }
            let name = withUnsafePointer(to: &item.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes everything that was renamed into or out of this folder durable.
    func sync() throws {
        try effects.announce(.syncFolder(path))
        guard Self.retrying({ fsync(descriptor) }) == 0 else { throw FileProblem.refused("sync", path, errno) }
    }

    /// Makes everything durable that was written to the file system on which this folder lies, by whomever.
    func syncFileSystem() throws {
        try effects.announce(.syncFileSystem(path))
        guard Self.retrying({ maestro_sync_file_system(descriptor) }) == 0 else {
            throw FileProblem.refused("sync", path, errno)
        }
    }

    /// Repeats a call that a signal interrupted.
    static func retrying(_ call: () -> CInt) -> CInt {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
