// SPDX-License-Identifier: Apache-2.0
import Foundation
import MaestroTesting

/// A person at one user's files: saves in place and by a rename, and remembers every version that must not get lost.
actor ChaosEditor {
    private let folder: URL
    private let user: String
    /// What was saved last at each path, and is not known to be gone.
    private var saved: [String: String] = [:]
    /// Versions that something else than this person replaced.
    private(set) var replaced: [String] = []
    private(set) var saves = 0
    /// Saved into a file that had been taken out of the folder before: nothing could have read it.
    private(set) var late = 0

    init(user: String, in folder: URL) {
        self.user = user
        self.folder = folder
    }

    private static let fresh = """
        ---
        name: topic
        description: A topic
        type: feedback
        ---

        As nobody has it. **Why:** said so. **How to apply:** always.

        """

    /// What must be live or in history now.
    var owed: [(path: String, text: String)] {
        saved.map { ($0.key, $0.value) } + replaced.map { ("", $0) }
    }

    /// Saves a new version of one entry.
    func save() throws {
        let name = ChaosModel.entry(Int.random(in: 0..<ChaosModel.topics)) + ".md"
        let file = folder.appending(path: name)
        let found = text(of: file)
        settle(name, found: found)
        let current = found ?? Self.fresh
        saves += 1
        let version = "save \(saves) of \(user)"
        let kept = current.replacing(/As .*? \*\*Why/, with: "As \(version) has it. **Why")
        let text = kept == current ? current + "\nAnd \(version).\n" : kept
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        if Bool.random() || !FileManager.default.fileExists(atPath: file.path) {
            try text.write(to: file, atomically: true, encoding: .utf8)
        } else if try !saveInPlace(text, file) {
            late += 1
            return
        }
        saved[name] = text
    }

    /// What a sync tool does where two machines saved at once.
    func addConflict() throws {
        let file = folder.appending(path: "\(ChaosModel.entry(0)) (conflict \(Int.random(in: 0...3))).md")
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        try "A copy of another machine.\n".write(to: file, atomically: true, encoding: .utf8)
    }

    private func text(of file: URL) -> String? {
        FileManager.default.contents(atPath: file.path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whoever replaced the last version, if not this person, must have kept it.
    private func settle(_ name: String, found: String?) {
        guard let last = saved.removeValue(forKey: name), last != found else { return }
        replaced.append(last)
    }

    /// As an editor does that opens, empties and writes; false where the file had lost its name before it was written.
    private func saveInPlace(_ text: String, _ file: URL) throws -> Bool {
        let handle: FileHandle
        do { handle = try FileHandle(forUpdating: file) } catch { return false }
        defer { _ = Result { try handle.close() } }
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(text.utf8))
        var info = stat()
        return fstat(handle.fileDescriptor, &info) == 0 && info.st_nlink > 0
    }
}
