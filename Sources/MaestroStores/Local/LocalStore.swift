// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation
package import Maestro
import Synchronization
import struct SystemPackage.FilePath

/// The embedded store: plain files are the truth, one SQLite database is journal, queue and history.
///
/// A commit is one transaction; the files follow from its plan, and whatever is interrupted is redone from there. Several
/// processes may use one data folder at once. Deleting the database loses history and nothing else.
package final class LocalStore: Store {
    let configuration: Configuration
    let ledger: Ledger
    let presence: Presence
    let userLock: UserLock
    /// What all that it changes passes through.
    let effects: Effects
    private let cache: FolderCache
    private let threads: BlockingThreads
    /// When running jobs were last looked at for whether their holders live.
    let lastLookForGone = Mutex(Date.distantPast)
    let burials = Burials()

    /// Opens the data folder, making what is missing.
    ///
    /// - Throws: ``StoreError/unusable(_:hint:)`` where folder, file system or database cannot be used as they are.
    package static func open(_ configuration: Configuration) async throws -> LocalStore {
        try await open(configuration, sweeping: true)
    }

    /// `sweeping`: whether what processes that died left behind is taken away; a check of the folder looks for it.
    static func open(_ configuration: Configuration, sweeping: Bool) async throws -> LocalStore {
        let threads = BlockingThreads([.ordinary: 8, .commits: 6, .urgent: 2])
        // On the thread that its first calls will find awake: one less to start.
        return try await threads.run(.ordinary) {
            let store = try LocalStore(opening: configuration, on: threads)
            if sweeping { try store.presence.sweep() }
            return store
        }
    }

    private init(opening given: Configuration, on threads: BlockingThreads) throws {
        let configuration = given.absolute
        self.configuration = configuration
        self.threads = threads
        effects = Effects(seenBy: configuration.observer)
        // On a network file system nobody tells of what other machines do.
        cache = FolderCache(watches: !configuration.allowNetworkFileSystem)
        let isNew = [configuration.users, configuration.database].contains {
            !FileManager.default.fileExists(atPath: $0.string)
        }
        for folder in [configuration.data, configuration.users, configuration.internals] {
            _ = try Directory.making(folder, effects)
            try FileSystemKind(of: folder).requireLocal(folder, isAllowed: configuration.allowNetworkFileSystem)
        }
        if isNew { try Self.probe(configuration.users, effects) }
        let workers = configuration.internals.appending("workers")
        _ = try Directory.making(workers, effects)
        ledger = try Ledger(
            at: configuration.database,
            lock: configuration.internals.appending("wal.lock"),
            effects: effects
        )
        presence = try Presence(in: workers, token: configuration.makeToken)
        userLock = UserLock(bound: configuration.lockBound)
    }

    /// Refuses a file system that cannot do what every commit needs, before there is one: later its files could not follow.
    private static func probe(_ users: FilePath, _ effects: Effects) throws {
        guard try !Directory.making(users, effects).canExchange() else { return }
        throw StoreError.unusable(
            "`\(users)` lies on \(try FileSystemKind(of: users).name), which cannot exchange two files in one step, as every "
                + "commit does; nothing was stored",
            hint: "choose a folder on another disk with `--data` or `userFolderRoot`"
        )
    }

    /// Releases the database and takes away the process's sign of life: calls after it fail, and what was claimed here can
    /// be taken over at once.
    package func close() throws {
        // Where it fails they stay noted as unsynced, and no one who closes a store can do more about it.
        if deferringBoot != nil { _ = Result { try syncSnapshotsHere() } }
        presence.end()
        try ledger.close()
    }

    var now: Date { configuration.now().roundedToMilliseconds }

    func folder(of user: UserID) -> UserFolder {
        UserFolder(
            path: configuration.users.appending(user.folderName),
            builtin: configuration.builtin,
            cache: cache,
            now: configuration.now()
        )
    }

    /// The absolute path of a reflection's snapshot.
    func snapshotPath(of reflection: Reflection.ID, user: UserID) -> FilePath {
        folder(of: user).path.appending("reflections").appending(PathComponent.encoding(reflection.rawValue))
    }

    /// Runs blocking calls on a thread of their own: where there is no store.
    static func onOwnThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result(catching: body)) }.start()
        }
    }

    /// Runs blocking calls on the store's threads; the user's lock is awaited outside.
    func blocking<T: Sendable>(_ body: @escaping @Sendable (LocalStore) throws -> T) async throws -> T {
        try await blocking(in: .ordinary, body)
    }

    func blocking<T: Sendable>(
        in lane: BlockingThreads.Lane,
        _ body: @escaping @Sendable (LocalStore) throws -> T
    ) async throws -> T {
        try await threads.run(lane) { try body(self) }
    }

    /// Runs `body` under the user's lock, after every interrupted plan was finished.
    func locked<T>(_ user: UserID, _ body: () async throws -> T) async throws -> T {
        try await withUserLock(user) {
            try await blocking { try $0.finishPlans(of: user) }
            return try await body()
        }
    }

    /// Runs `body` while nobody else, in this process or another, can change the user's documents.
    ///
    /// - Throws: ``StoreError/locked(_:)`` where the lock could not be had in time.
    package func withUserLock<T>(_ user: UserID, _ body: () async throws -> T) async throws -> T {
        let lockFolder = folder(of: user).path.appending(".maestro")
        // On a thread of its own only where it has to be made; else it takes as long as opening the lock itself.
        if try Directory.open(lockFolder, .none) == nil {
            try await blocking { try $0.makeLockFolder(of: user) }
        }
        return try await userLock.withLock(of: user, at: lockFolder.appending("lock"), body)
    }

    /// Not synced: where it is lost it is made again, and whoever keeps something in it syncs it.
    func makeLockFolder(of user: UserID) throws {
        guard try Directory.open(folder(of: user).path.appending(".maestro"), .none) == nil else { return }
        _ = try Directory.making(folder(of: user).path, effects).making(".maestro", isDurable: false)
    }
}
