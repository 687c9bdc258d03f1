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

extension Directory {
    /// Documents larger than this are left alone.
    static let maxBytes = 1 << 20

    /// Reads one regular file with a single name of its own; never a link, a pipe, or a file that grew past the limit.
    func read(_ name: String, maxBytes: Int = Directory.maxBytes) throws -> LiveFile {
        let file = Self.retrying { openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        guard file >= 0 else {
            switch errno {
            case ENOENT: return .absent
            case ELOOP: return .unreadable("it is a symbolic link, and none is followed")
            case EACCES: return .unreadable("it may not be read")
            // A socket, or a device that is not there.
            case ENXIO, ENODEV: return .unreadable("it is not a regular file")
            default: throw FileProblem.refused("read", path.appending(name), errno)
            }
        }
        defer { closeDescriptor(file) }
        var info = stat()
        guard fstat(file, &info) == 0 else { throw FileProblem.refused("read", path.appending(name), errno) }
        guard info.st_mode & S_IFMT == S_IFREG else { return .unreadable("it is not a regular file") }
        guard info.st_nlink <= 1 else { return .unreadable("it has a second name (a hard link) elsewhere") }
        guard info.st_size <= maxBytes else { return .unreadable("it is larger than \(maxBytes >> 10) KB") }
        let bytes = try Self.bytes(of: file, expecting: Int(info.st_size), upTo: maxBytes, at: path.appending(name))
        guard bytes.count <= maxBytes else { return .unreadable("it is larger than \(maxBytes >> 10) KB") }
        guard let text = String(validating: bytes, as: UTF8.self) else { return .unreadable("it is not UTF-8 text") }
        return .text(text)
    }

    private static func bytes(of file: CInt, expecting size: Int, upTo limit: Int, at path: FilePath) throws -> [UInt8]
    {
        var bytes: [UInt8] = []
        var room = size + 1
        while bytes.count <= limit {
            let chunk = try [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                count = 0
                let got = retryingSize { readBytes(file, buffer.baseAddress, room) }
                guard got >= 0 else { throw FileProblem.refused("read", path, errno) }
                count = got
            }
            if chunk.isEmpty { break }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            room = 64 << 10
        }
        return bytes
    }

    private static func retryingSize(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    /// Writes a new file (0600) and makes its content durable.
    ///
    /// Whatever had the name is removed first.
    func write(_ text: String, to name: String, sync: Bool = true) throws {
        try remove(name)
        try effects.announce(.makeFile(path.appending(name)))
        let file = Self.retrying {
            openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        guard file >= 0 else { throw FileProblem.refused("write", path.appending(name), errno) }
        defer { closeDescriptor(file) }
        try append(text, to: file, named: name)
        if sync { try self.sync(file, named: name) }
    }

    /// Makes the content of an open file of this folder durable.
    func sync(_ file: CInt, named name: String) throws {
        try effects.announce(.syncFile(path.appending(name)))
        guard Self.retrying({ fsync(file) }) == 0 else {
            throw FileProblem.refused("sync", path.appending(name), errno)
        }
    }

    /// What the file system says about a name, itself and not what it may link to; nil where nothing has it.
    func status(of name: String) -> stat? {
        var info = stat()
        return fstatat(descriptor, name, &info, AT_SYMLINK_NOFOLLOW) == 0 ? info : nil
    }

    /// What the file system says about the folder itself.
    func status() -> stat? {
        var info = stat()
        return fstat(descriptor, &info) == 0 ? info : nil
    }

    /// Makes an empty file (0600) where nothing has the name.
    func makeEmptyFile(_ name: String) throws {
        if status(of: name) != nil { return }
        try effects.announce(.makeFile(path.appending(name)))
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = Self.retrying { openat(descriptor, name, flags, 0o600) }
        if file >= 0 { return closeDescriptor(file) }
        guard errno == EEXIST else { throw FileProblem.refused("make", path.appending(name), errno) }
    }

    /// Writes all bytes at the descriptor's position.
    func append(_ text: String, to file: CInt, named name: String) throws {
        try effects.announce(.write(path.appending(name), text))
        var text = text
        try text.withUTF8 { buffer in
            var rest = UnsafeRawBufferPointer(buffer)
            while !rest.isEmpty {
                let written = Self.retryingSize { writeBytes(file, rest.baseAddress, rest.count) }
                guard written >= 0 else { throw FileProblem.refused("write", path.appending(name), errno) }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
    }

    /// Removes a file; one that is not there is as good as removed.
    func remove(_ name: String) throws {
        if status(of: name) == nil { return }
        try effects.announce(.remove(path.appending(name)))
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw FileProblem.refused("remove", path.appending(name), errno)
        }
    }

    /// Swaps two names of this folder; false, and nothing is done, where nothing has the name `other` any more.
    func exchange(_ name: String, _ other: String) throws -> Bool {
        try effects.announce(.exchange(path.appending(name), path.appending(other)))
        if maestro_rename_exchange(descriptor, name, descriptor, other) == 0 { return true }
        let code = errno
        if code == ENOENT, status(of: other) == nil { return false }
        throw FileProblem.refused("exchange", path.appending(other), code)
    }

    /// Whether the file system can do that, and rename where nothing has the name, tried with two files that are gone
    /// afterwards.
    func canExchange() throws -> Bool {
        let names = [".probe-1~", ".probe-2~"]
        for name in names { try makeEmptyFile(name) }
        try effects.announce(.exchange(path.appending(names[0]), path.appending(names[1])))
        var codes: [CInt] = []
        codes.append(maestro_rename_exchange(descriptor, names[0], descriptor, names[1]) == 0 ? 0 : errno)
        codes.append(maestro_rename_no_replace(descriptor, names[0], descriptor, names[1]) == 0 ? 0 : errno)
        for name in names { try remove(name) }
        // What else may be wrong is said where it matters.
        return [EINVAL, ENOSYS, ENOTSUP].allSatisfy { !codes.contains($0) }
    }

    /// Renames where `new` is free; false where something has that name (or `old` is gone).
    func renameWithoutReplacing(_ old: String, to new: String, in folder: Directory? = nil) throws -> Bool {
        let target = folder ?? self
        try effects.announce(.renameWithoutReplacing(path.appending(old), to: target.path.appending(new)))
        if maestro_rename_no_replace(descriptor, old, target.descriptor, new) == 0 { return true }
        if errno == EEXIST || errno == ENOENT { return false }
        throw FileProblem.refused("rename", target.path.appending(new), errno)
    }

    /// Renames, replacing what had the new name.
    func rename(_ old: String, to new: String) throws {
        try effects.announce(.rename(path.appending(old), to: path.appending(new)))
        guard renameat(descriptor, old, descriptor, new) == 0 else {
            throw FileProblem.refused("rename", path.appending(new), errno)
        }
    }

    /// Removes a folder with everything in it, following no link; a link or a file that has the name goes, too.
    func removeTree(_ name: String) throws {
        guard let info = status(of: name) else { return }
        guard info.st_mode & S_IFMT == S_IFDIR else { return try remove(name) }
        guard let folder = try folder(name) else { return }
        for item in try folder.names() { try folder.removeTree(item) }
        try effects.announce(.removeFolder(path.appending(name)))
        guard unlinkat(descriptor, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw FileProblem.refused("remove", path.appending(name), errno)
        }
    }
}
