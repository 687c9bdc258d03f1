// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting
import Synchronization
import struct SystemPackage.FilePath
import Testing

@testable import MaestroStores

@Suite(.temporaryFolder) struct `Folders that are made together` {
    /// What was made and synced, below the folder.
    private final class Seen: Sendable {
        private let effects = Mutex<[Effect]>([])
        var all: [Effect] { effects.withLock { $0 } }
        func note(_ effect: Effect) { effects.withLock { $0.append(effect) } }
    }

    private func folder(_ seen: Seen) throws -> Directory {
        try #require(try Directory.open(TemporaryFolder.path, Effects { seen.note($0) }))
    }

    private func path(_ steps: String) -> FilePath { TemporaryFolder.path.appending(steps) }

    @Test func `are durable with one sync for each folder they were made in`() throws {
        let seen = Seen()
        try folder(seen).makeAll([["a"], ["b"], ["b", "c"], ["b", "d"], ["a"]])
        #expect(
            seen.all == [
                .makeFolder(path("a")), .makeFolder(path("b")), .makeFolder(path("b/c")), .makeFolder(path("b/d")),
                .syncFolder(TemporaryFolder.path), .syncFolder(path("b")),
            ]
        )
        try folder(seen).makeAll([["a"], ["b", "c"]])
        #expect(seen.all.count == 6)
    }

    @Test func `are durable where one of them cannot be made`() throws {
        try FileManager.default.createSymbolicLink(atPath: path("link").string, withDestinationPath: "/tmp")
        let seen = Seen()
        #expect(throws: (any Error).self) { try folder(seen).makeAll([["a"], ["link", "b"], ["c"]]) }
        #expect(seen.all == [.makeFolder(path("a")), .syncFolder(TemporaryFolder.path)])
    }
}
