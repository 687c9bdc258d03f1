// SPDX-License-Identifier: Apache-2.0
import Foundation
import struct SystemPackage.FilePath

/// A folder that a person named, as an absolute path.
struct FolderArgument {
    /// As it was written.
    let text: String
    let path: FilePath

    /// For commands that a hint proposes: one word of a shell.
    var word: String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789/._-~%".unicodeScalars.contains($0)
        }
        return isPlain ? text : "'\(text.replacing("'", with: "'\\''"))'"
    }

    init(_ text: String) {
        self.text = text
        let expanded = FilePath(HomePath.expanding(text))
        path = FilePath(FileManager.default.currentDirectoryPath).pushing(expanded).lexicallyNormalized()
    }
}
