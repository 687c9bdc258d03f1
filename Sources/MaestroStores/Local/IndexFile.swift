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

/// `reflections/index.jsonl`: a copy of the lines that the database holds.
///
/// Appending is the normal case. Where the file does not end with the line before (a torn tail, an edit, a deleted
/// file) it is written anew from the database; lines from before the database's first one are kept.
struct IndexFile {
    static let name = "index.jsonl"
    static let maxBytes = 1 << 30

    /// The folder `reflections`.
    let folder: Directory

    /// Makes `line` the last line of the file, durably.
    ///
    /// Doing it twice changes nothing. `isDoubted`: a sync of it failed, so that what stands there may not last.
    func append(
        _ line: String,
        after previous: String?,
        isDoubted: Bool = false,
        all: () throws -> [String]
    ) throws {
        switch try tail(matching: line, or: previous) {
        case .hasLine where isDoubted: try rebuild(from: all())
        case .hasLine: return
        case .hasPrevious: try append(line)
        case .other: try rebuild(from: all())
        }
    }

    /// Whether `line` is the last of the file; its content is durable when this returns.
    func endsDurably(with line: String) throws -> Bool {
        guard try tail(matching: line, or: nil) == .hasLine else { return false }
        let file = Directory.retrying { openat(folder.descriptor, Self.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) }
        guard file >= 0 else { return false }
        defer { closeDescriptor(file) }
        try folder.sync(file, named: Self.name)
        return true
    }

    private enum Tail { case hasLine, hasPrevious, other }

    private func tail(matching line: String, or previous: String?) throws -> Tail {
        let room = max(line.utf8.count, previous?.utf8.count ?? 0) + 2
        let file = Directory.retrying { openat(folder.descriptor, Self.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) }
        guard file >= 0 else { return previous == nil && errno == ENOENT ? .hasPrevious : .other }
        defer { closeDescriptor(file) }
        let size = lseek(file, 0, SEEK_END)
        if size == 0 { return previous == nil ? .hasPrevious : .other }
        var buffer = [UInt8](repeating: 0, count: room)
        let start = max(0, Int(size) - room)
        let count = pread(file, &buffer, room, off_t(start))
        guard count > 0 else { return .other }
        // A line break before it, or the start of the file: else it is only the end of another line.
        let text = (start == 0 ? "\n" : "") + String(decoding: buffer[..<count], as: UTF8.self)
        if text.utf8.reversed().starts(with: "\n\(line)\n".utf8.reversed()) { return .hasLine }
        guard let previous else { return .other }
        return text.utf8.reversed().starts(with: "\n\(previous)\n".utf8.reversed()) ? .hasPrevious : .other
    }

    private func append(_ line: String) throws {
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC
        let file = Directory.retrying { openat(folder.descriptor, Self.name, flags, 0o600) }
        guard file >= 0 else { throw FileProblem.refused("write", folder.path.appending(Self.name), errno) }
        defer { closeDescriptor(file) }
        let isNew = lseek(file, 0, SEEK_END) == 0
        try folder.append(line + "\n", to: file, named: Self.name)
        try folder.sync(file, named: Self.name)
        if isNew { try folder.sync() }
    }

    private func rebuild(from lines: [String]) throws {
        let old = try olderLines(than: lines)
        let temporary = ".\(Self.name)~"
        try folder.write((old + lines).map { $0 + "\n" }.joined(), to: temporary)
        try folder.rename(temporary, to: Self.name)
        try folder.sync()
    }

    /// The lines that stand in the file before the database's first: written under a database that is gone.
    private func olderLines(than lines: [String]) throws -> [String] {
        guard let first = lines.first.flatMap({ IndexLine(reading: $0) }), !first.previous.isEmpty else { return [] }
        let standing = try existingLines()
        guard let last = standing.lastIndex(where: { IndexLine(reading: $0)?.sha == first.previous }) else { return [] }
        return Array(standing[...last])
    }

    /// The last line that can be read, for a database that starts anew beside an older file.
    func lastLine() throws -> IndexLine? {
        try existingLines().reversed().lazy.compactMap { IndexLine(reading: $0) }.first
    }

    func existingLines() throws -> [String] {
        guard let text = try folder.read(Self.name, maxBytes: Self.maxBytes).text else { return [] }
        return text.split(separator: "\n").map(String.init)
    }
}
