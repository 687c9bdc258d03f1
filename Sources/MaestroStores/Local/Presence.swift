// SPDX-License-Identifier: Apache-2.0
import Maestro
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The sign of life of one process: a file under `.maestro/workers/` that it keeps locked as long as it lives.
///
/// A claim names its holder's token. Where that file is free or gone the holder is dead, however it died, and its work
/// can be taken over at once, without waiting for a lease to run out.
final class Presence: Sendable {
    /// How the note of a worker ends.
    private static let workerMark = ", worker"

    let token: String
    private let folder: FilePath
    private let lock: LockFile

    init(in folder: FilePath, token makeToken: () -> String) throws {
        self.folder = folder
        for _ in 0..<16 {
            let token = makeToken()
            let lock = try LockFile(opening: Self.path(of: token, in: folder))
            // Between opening and locking, another process may have swept the file away as a dead one's.
            guard try lock.tryLock(.exclusive), lock.isCurrent else { continue }
            lock.note = "pid \(getpid())"
            self.token = token
            self.lock = lock
            return
        }
        throw StoreError.locked("no free token for this process under `\(folder)`: is every token the same?")
    }

    deinit { end() }

    /// Takes the sign away at once, where nothing that was claimed under it will be finished any more.
    ///
    /// Whoever waits for the last reference to go waits for any thread that still holds one.
    func end() { _ = unlink(lock.path.string) }

    /// Whether the process that claimed with this token still lives.
    func isAlive(_ token: String) throws -> Bool {
        if token == self.token { return true }
        let path = Self.path(of: token, in: folder)
        guard access(path.string, F_OK) == 0 else { return false }
        return try !LockFile(opening: path, creating: true).tryLock(.shared)
    }

    /// What is known about a living holder, for messages.
    func note(of token: String) throws -> String {
        if token == self.token { return "this process" }
        let path = Self.path(of: token, in: folder)
        guard access(path.string, F_OK) == 0 else { return "a process that ended" }
        let note = try LockFile(opening: path, creating: true).note
        return note.isEmpty ? "another process" : "another process (\(note))"
    }

    /// From now on this process is listed among the workers.
    func becomeWorker() { lock.note = "pid \(getpid())\(Self.workerMark)" }

    /// And from now on it is not.
    func resign() { lock.note = "pid \(getpid())" }

    /// The workers that live now, this process among them where it is one: `pid 4711`.
    func workers() throws -> [String] {
        guard let workers = try Directory.open(folder, .none) else { return [] }
        return try workers.names().compactMap { name in
            guard name.hasSuffix(".lock"), let note = try liveNote(of: name), note.hasSuffix(Self.workerMark) else {
                return nil
            }
            return String(note.dropLast(Self.workerMark.count))
        }
    }

    /// Nil where the process died.
    private func liveNote(of name: String) throws -> String? {
        if name == PathComponent.encoding(token) + ".lock" { return lock.note }
        let path = folder.appending(name)
        guard access(path.string, F_OK) == 0 else { return nil }
        let file = try LockFile(opening: path)
        return try file.tryLock(.shared) ? nil : file.note
    }

    /// The names of the files of processes that died.
    func gone() throws -> [String] {
        guard let workers = try Directory.open(folder, .none) else { return [] }
        return try workers.names().filter { try $0.hasSuffix(".lock") && liveNote(of: $0) == nil }
    }

    /// Removes the files of processes that died.
    func sweep() throws {
        guard let workers = try Directory.open(folder, .none) else { return }
        for name in try workers.names() where name.hasSuffix(".lock") && name != PathComponent.encoding(token) + ".lock"
        {
            let file = try LockFile(opening: folder.appending(name))
            if try file.tryLock(.exclusive), file.isCurrent { try workers.remove(name) }
        }
    }

    private static func path(of token: String, in folder: FilePath) -> FilePath {
        folder.appending(PathComponent.encoding(token) + ".lock")
    }
}
