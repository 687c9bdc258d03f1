// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Entries as they were read, by the identity of their files, so that a worker reads and parses each one once.
///
/// Only a hint: what a commit replaces is compared with the file itself in the instant of the exchange.
final class EntryCache: Sendable {
    /// What the file system says about a file.
    ///
    /// Any write changes the size or one of the times.
    struct Stamp: Hashable, Sendable {
        private let numbers: [Int]

        /// Nil where the file is not a plain one, or was changed so recently that a second change could look the same:
        /// the clock of file times ticks in steps of some milliseconds.
        init?(_ info: stat, path: DocumentPath, at now: Date) {
            guard info.st_mode & S_IFMT == S_IFREG, info.st_nlink == 1 else { return nil }
            let (changed, modified) = Self.times(of: info)
            let age = now.timeIntervalSince1970 - Double(changed.tv_sec) - Double(changed.tv_nsec) / 1e9
            guard age > 0.1 else { return nil }
            numbers = [
                Int(bitPattern: UInt(info.st_dev)), Int(bitPattern: UInt(info.st_ino)), Int(info.st_size),
                Int(changed.tv_sec), Int(changed.tv_nsec), Int(modified.tv_sec), Int(modified.tv_nsec), path.hashValue,
            ]
        }

        private static func times(of info: stat) -> (changed: timespec, modified: timespec) {
            #if canImport(Darwin)
            (info.st_ctimespec, info.st_mtimespec)
            #else
            (info.st_ctim, info.st_mtim)
            #endif
        }
    }

    /// More than this many are not kept; then it starts anew.
    private static let limit = 50_000

    private let entries = Mutex<[Stamp: MemoryEntry]>([:])

    func entry(_ stamp: Stamp, at path: DocumentPath) -> MemoryEntry? {
        entries.withLock { $0[stamp] }.flatMap { $0.path == path ? $0 : nil }
    }

    func keep(_ entry: MemoryEntry, _ stamp: Stamp) {
        entries.withLock { entries in
            if entries.count >= Self.limit { entries.removeAll(keepingCapacity: true) }
            entries[stamp] = entry
        }
    }
}
