// SPDX-License-Identifier: Apache-2.0
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the file system says about a file or folder: any write, and in a folder any new or lost name, changes it.
struct FileStamp: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let changed: Int64
    private let modified: Int64

    /// The clock of file times ticks in steps of some milliseconds.
    private static let tick = 0.1

    /// Nil where it was changed so recently that a second change could look the same.
    init?(_ info: stat, at now: Date) {
        let (changed, modified) = Self.times(of: info)
        guard now.timeIntervalSince1970 - Double(changed) / 1e9 > Self.tick else { return nil }
        device = UInt64(truncatingIfNeeded: info.st_dev)
        inode = UInt64(truncatingIfNeeded: info.st_ino)
        size = Int64(info.st_size)
        self.changed = changed
        self.modified = modified
    }

    /// In nanoseconds since 1970.
    private static func times(of info: stat) -> (changed: Int64, modified: Int64) {
        #if canImport(Darwin)
        let (changed, modified) = (info.st_ctimespec, info.st_mtimespec)
        #else
        let (changed, modified) = (info.st_ctim, info.st_mtim)
        #endif
        return (
            Int64(changed.tv_sec) * 1_000_000_000 + Int64(changed.tv_nsec),
            Int64(modified.tv_sec) * 1_000_000_000 + Int64(modified.tv_nsec)
        )
    }
}
