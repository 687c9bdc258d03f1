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
    let failpoint: @Sendable (Failpoint) throws -> Void

    func write(_ snapshot: Snapshot) throws {
        let temporary = ".\(snapshot.folder)~"
        try folder.removeTree(temporary)
        let building = try folder.making(temporary)
        try building.write(snapshot.manifest, to: "manifest.json")
        try write(snapshot.before, below: "before", of: building)
        try write(snapshot.after, below: "after", of: building)
        try building.sync()
        try failpoint(.snapshotWritten)
        if try !folder.renameWithoutReplacing(temporary, to: snapshot.folder) {
            try folder.exchange(temporary, snapshot.folder)
            try folder.removeTree(temporary)
        }
        try folder.sync()
        try failpoint(.snapshotPlaced)
    }

    private func write(_ texts: [String: String], below name: String, of snapshot: Directory) throws {
        for (path, text) in texts.sorted(by: { $0.key < $1.key }) {
            var steps = path.split(separator: "/").map(String.init)
            let file = steps.removeLast()
            let target = try snapshot.making([name] + steps)
            try target.write(text, to: file)
            try target.sync()
        }
    }
}
