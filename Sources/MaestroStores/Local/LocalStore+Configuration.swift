// SPDX-License-Identifier: Apache-2.0
package import Foundation
package import Maestro
package import struct SystemPackage.FilePath

extension LocalStore {
    /// How a store is opened.
    ///
    /// Time and randomness are inputs.
    package struct Configuration: Sendable {
        /// The data folder; made (0700) where it is missing.
        package var data: FilePath
        /// Where users' folders lie; nil: `<data>/users`.
        package var userFolderRoot: FilePath?
        /// Texts of the builtin pieces.
        package var builtin: [PieceName: String]
        /// Whether the text of replies is kept after the commit.
        package var storeLlmRaw: Bool
        package var allowNetworkFileSystem: Bool
        package var leaseSeconds: Double
        /// How long one job may run in all, however often its lease is renewed.
        package var maxRunSeconds: Double
        /// How long a commit waits for the user's lock.
        package var lockBound: Duration
        /// Of what size on `doctor` tells of the database's log.
        package var noticedLogBytes: Int64 = 64 << 20
        /// Whether commits leave their snapshots to ``LocalStore/syncSnapshots()``: for a process that makes many.
        ///
        /// A snapshot is half of all that a commit makes durable, and the database has every word of it.
        package var defersSnapshots = false
        /// What the system calls the time since it was started; nil: snapshots are never deferred.
        package var boot = SystemBoot.current
        package var now: @Sendable () -> Date
        /// A new text that nobody else has: names leases and processes.
        package var makeToken: @Sendable () -> String
        /// For tests: sees every effect before it happens, and may fail it.
        package var observer: EffectObserver?

        package init(
            data: FilePath,
            userFolderRoot: FilePath? = nil,
            builtin: [PieceName: String] = [:],
            storeLlmRaw: Bool = false,
            allowNetworkFileSystem: Bool = false,
            leaseSeconds: Double = Lease.duration / .seconds(1),
            maxRunSeconds: Double = 900,
            lockBound: Duration = .seconds(30),
            now: @escaping @Sendable () -> Date = { Date() },
            makeToken: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
            observer: EffectObserver? = nil
        ) {
            self.data = data
            self.userFolderRoot = userFolderRoot
            self.builtin = builtin
            self.storeLlmRaw = storeLlmRaw
            self.allowNetworkFileSystem = allowNetworkFileSystem
            self.leaseSeconds = leaseSeconds
            self.maxRunSeconds = maxRunSeconds
            self.lockBound = lockBound
            self.now = now
            self.makeToken = makeToken
            self.observer = observer
        }

        /// With absolute paths: the process may change its folder while the store is open.
        package var absolute: Configuration {
            let current = FilePath(FileManager.default.currentDirectoryPath)
            var result = self
            result.data = current.pushing(data).lexicallyNormalized()
            result.userFolderRoot = userFolderRoot.map { current.pushing($0).lexicallyNormalized() }
            return result
        }

        var users: FilePath { userFolderRoot ?? data.appending("users") }
        var database: FilePath { data.appending("maestro.sqlite") }
        var internals: FilePath { data.appending(".maestro") }
    }
}
