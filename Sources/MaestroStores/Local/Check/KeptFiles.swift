// SPDX-License-Identifier: Apache-2.0
import Maestro

/// `reflections/kept`: where a repair moves what it will not delete, under a name that nothing overwrites.
struct KeptFiles {
    static let folder = "kept"

    /// The user's folder.
    let root: Directory

    /// Moves a file or folder there, durably; one that is not there any more is as good as moved.
    func keep(_ name: String, from folders: [String]) throws {
        guard let source = try root.folder(folders) else { return }
        let kept = try root.making(["reflections", Self.folder])
        // Visible, and without our mark: it is not ours any more.
        let bare = name.trimmingPrefix(".").replacing(/~$/, with: "")
        var number = 1
        while try !source.renameWithoutReplacing(name, to: "\(bare).\(number)", in: kept) {
            guard source.status(of: name) != nil else { return }
            number += 1
        }
        try kept.sync()
        try source.sync()
    }
}
