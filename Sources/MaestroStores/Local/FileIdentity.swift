// SPDX-License-Identifier: Apache-2.0
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One file or folder, whatever it is called.
struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    init(_ info: stat) {
        device = UInt64(truncatingIfNeeded: info.st_dev)
        inode = UInt64(truncatingIfNeeded: info.st_ino)
    }

    /// What the path names now; nil where that is nothing.
    init?(of path: FilePath) {
        var info = stat()
        guard lstat(path.string, &info) == 0 else { return nil }
        self.init(info)
    }
}
