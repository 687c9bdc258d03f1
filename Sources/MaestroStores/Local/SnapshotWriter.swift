// SPDX-License-Identifier: Apache-2.0
import Maestro
import struct SystemPackage.FilePath

/// Writes `reflections/<id>/`: built whole beside its place and then put there in one step, so that a reader sees the
/// old snapshot or the new one.
///
/// Files are copies, never hard links: an editor that saves in place must not reach them.
struct SnapshotWriter {
    /// The folder `reflections`.
    let folder: Directory
    /// Whether it is durable, but for its name, when it is written; else it may be lost or torn when the power fails.
    let isSynced: Bool

    /// Its name is durable when the caller has synced `folder`.
    func write(_ snapshot: Snapshot) throws {
        let temporary = ".\(snapshot.folder)~"
        try folder.removeTree(temporary)
        // Not synced as it is made: only the final name has to last, and the caller syncs that.
        let building = try folder.making(temporary, isDurable: false)
        try building.write(snapshot.manifest, to: "manifest.json", sync: isSynced)
        var folders = ["": building]
        try write(snapshot.before, below: "before", of: building, &folders)
        try write(snapshot.after, below: "after", of: building, &folders)
        // Each once, when everything is in it.
        if isSynced { for made in folders.values { try made.sync() } }
        if try folder.renameWithoutReplacing(temporary, to: snapshot.folder) { return }
        if try folder.exchange(temporary, snapshot.folder) { return try folder.removeTree(temporary) }
        // The old one was deleted in that instant.
        try folder.rename(temporary, to: snapshot.folder)
    }

    private func write(
        _ texts: [String: String],
        below name: String,
        of snapshot: Directory,
        _ folders: inout [String: Directory]
    ) throws {
        for (path, text) in texts.sorted(by: { $0.key < $1.key }) {
            var steps = [name] + path.split(separator: "/").map(String.init)
            let file = steps.removeLast()
            var (target, place) = (snapshot, "")
            for step in steps {
                place += "/" + step
                target = try folders[place] ?? target.making(step, isDurable: false)
                folders[place] = target
            }
            try target.write(text, to: file, sync: isSynced)
        }
    }
}
