// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro
import Synchronization

/// Memory folders as they were read last, so that a worker reads and parses each file once.
///
/// Only a hint: what a commit replaces is compared with the file itself, before it decides and in the instant of the
/// exchange.
final class FolderCache: Sendable {
    /// One file of a folder.
    ///
    /// A class, so that thousands are passed on without copying their entries.
    final class File: Sendable {
        let name: String
        /// Nil where the file was too fresh to tell the next change from this one.
        let stamp: FileStamp?
        /// Nil where it vanished while it was read.
        let entry: MemoryEntry?

        init(name: String, stamp: FileStamp?, entry: MemoryEntry?) {
            self.name = name
            self.stamp = stamp
            self.entry = entry
        }
    }

    /// One folder: the files whose names could be entries, in the order of their names.
    struct Listing: Sendable {
        /// The folder itself: its path may lead to another by now.
        var identity: FileIdentity?
        /// Nil where the folder was too fresh.
        var stamp: FileStamp?
        var files: [File]
        var entries: [MemoryEntry]
        /// Up to when it has all that the watch noted; nil where the folder is not watched.
        var watchedUntil: UInt64?
        /// When every file was asked about.
        var askedAt: Date

        /// In entries; a folder without any costs something, too.
        fileprivate var weight: Int { 1 + files.count }
    }

    /// With more than this in all, it starts anew.
    private static let limit = 50_000

    /// Of the folders that are large enough for it to pay; nil where the system cannot tell of all that happens.
    let watch: FolderWatch?
    private let state = Mutex((listings: [String: Listing](), weight: 0))

    init(watches: Bool = true) { watch = watches ? FolderWatch() : nil }

    subscript(key: String) -> Listing? { state.withLock { $0.listings[key] } }

    func keep(_ listing: Listing, as key: String) {
        state.withLock { state in
            if state.weight + listing.weight > Self.limit { state = ([:], 0) }
            let previous = state.listings.updateValue(listing, forKey: key)
            state.weight += listing.weight - (previous?.weight ?? 0)
        }
    }
}
