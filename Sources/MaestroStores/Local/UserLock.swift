// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import struct SystemPackage.FilePath

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The one lock under which a user's documents change: first among the tasks of this process, then among processes.
///
/// Never stolen by a timeout: the kernel frees it when its holder dies, and a holder that is only paused still has it.
struct UserLock: Sendable {
    private let mutex = KeyedMutex()
    let bound: Duration

    init(bound: Duration) { self.bound = bound }

    /// Runs `body` with the lock held.
    ///
    /// - Throws: ``StoreError/locked(_:)`` where it could not be had in time.
    func withLock<T>(
        of user: UserID,
        at path: FilePath,
        _ body: () async throws -> T
    ) async throws -> T {
        let start = ContinuousClock.now
        guard try await mutex.lock(path.string, within: bound) else {
            throw StoreError.locked(
                "this process is still busy with another commit of user `\(user)`; nothing was changed"
            )
        }
        defer { mutex.unlock(path.string) }
        let file = try await fileLock(of: user, at: path, until: start + bound)
        file.note = "pid \(getpid())"
        defer { file.unlock() }
        return try await body()
    }

    private func fileLock(
        of user: UserID,
        at path: FilePath,
        until deadline: ContinuousClock.Instant
    ) async throws -> LockFile {
        var pause = Duration.microseconds(200)
        var file = try LockFile(opening: path)
        while true {
            if try file.tryLock(.exclusive) {
                if file.isCurrent { return file }
                file = try LockFile(opening: path)
                continue
            }
            guard ContinuousClock.now < deadline else {
                let holder = file.note.isEmpty ? "another process" : "another process (\(file.note))"
                throw StoreError.locked(
                    "\(holder) holds the folder of user `\(user)`; nothing was changed, try again later"
                )
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(20))
        }
    }
}
