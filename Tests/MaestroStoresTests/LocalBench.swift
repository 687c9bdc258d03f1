// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import MaestroStores
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath

/// A data folder of one test, and local stores opened on it.
struct LocalBench: Sendable {
    let data: FilePath
    let clock = ManualClock()
    /// Whether its processes leave snapshots to be synced together, as workers do.
    let defersSnapshots: Bool
    /// What the system calls the time since it was started.
    let boot: String
    private let stores = OpenStores()

    init(
        data: FilePath = TemporaryFolder.path.appending("data"),
        defersSnapshots: Bool = false,
        boot: String = "first"
    ) {
        self.data = data
        self.defersSnapshots = defersSnapshots
        self.boot = boot
    }

    var bench: StoreBench {
        StoreBench(clock: clock) { try await open() }
    }

    func open(
        storeLlmRaw: Bool = false,
        observer: EffectObserver? = nil
    ) async throws -> LocalStore {
        var configuration = LocalStore.Configuration(data: data, storeLlmRaw: storeLlmRaw, observer: observer)
        configuration.now = { [clock] in clock.now }
        configuration.allowNetworkFileSystem = true
        configuration.defersSnapshots = defersSnapshots
        configuration.boot = boot
        let store = try await LocalStore.open(configuration)
        stores.list.withLock { $0.append(store) }
        return store
    }

    /// A file below the user's folder.
    func file(_ relative: String) -> FilePath { data.appending("users/me").appending(relative) }

    func read(_ relative: String) throws -> String {
        try String(contentsOfFile: file(relative).string, encoding: .utf8)
    }

    func write(_ text: String, to relative: String) throws {
        let path = file(relative)
        try FileManager.default.createDirectory(
            atPath: path.removingLastComponent().string,
            withIntermediateDirectories: true
        )
        try text.write(toFile: path.string, atomically: false, encoding: .utf8)
    }

    func exists(_ relative: String) -> Bool { FileManager.default.fileExists(atPath: file(relative).string) }

    /// Ends all stores that were opened here, as processes that ended well.
    func closeAll() throws {
        for store in stores.list.withLock({ $0 }) { try store.close() }
        stores.list.withLock { $0 = [] }
    }

    /// Keeps stores alive to the end of the test: their sign of life goes with them.
    private final class OpenStores: Sendable {
        let list = Mutex<[LocalStore]>([])
    }
}
