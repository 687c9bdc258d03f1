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

/// One open lock file.
///
/// `flock` belongs to the open file: the kernel frees it when the process dies, it survives a pause, and two of them
/// in one process exclude each other.
///
/// Opened with `O_CLOEXEC`, or a child that outlives us would keep the lock.
final class LockFile: Sendable {
    enum Hold { case shared, exclusive }

    let path: FilePath
    private let descriptor: CInt

    init(opening path: FilePath, creating: Bool = true) throws {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (creating ? O_CREAT : 0)
        descriptor = Directory.retrying { openPath(path.string, flags) }
        self.path = path
        guard descriptor >= 0 else { throw FileProblem.refused("open", path, errno) }
    }

    deinit { closeDescriptor(descriptor) }

    /// Never waits; false where another holds it in a way that excludes this.
    func tryLock(_ mode: Hold) throws -> Bool {
        let operation = (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB
        if Directory.retrying({ maestro_flock(descriptor, operation) }) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw FileProblem.refused("lock", path, errno) }
        return false
    }

    func unlock() { _ = maestro_flock(descriptor, LOCK_UN) }

    /// Whether the path still names this file: somebody may have deleted or replaced it, and then a lock on it is worth
    /// nothing.
    var isCurrent: Bool {
        var ours = stat()
        var theirs = stat()
        return fstat(descriptor, &ours) == 0 && lstat(path.string, &theirs) == 0 && ours.st_ino == theirs.st_ino
            && ours.st_dev == theirs.st_dev
    }

    /// A note about the holder, for what people are told (who it is, whether it is a worker): no lock is ever decided by it.
    var note: String {
        get {
            var buffer = [UInt8](repeating: 0, count: 200)
            let count = pread(descriptor, &buffer, buffer.count, 0)
            return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self).replacing("\n", with: "") : ""
        }
        set {
            let bytes = Array(newValue.utf8)
            // As a rule it says so already: a write would make the file one more that is to be synced.
            var standing = [UInt8](repeating: 0, count: bytes.count + 1)
            if pread(descriptor, &standing, standing.count, 0) == bytes.count, standing.starts(with: bytes) { return }
            guard ftruncate(descriptor, 0) == 0 else { return }
            _ = pwrite(descriptor, bytes, bytes.count, 0)
        }
    }
}
