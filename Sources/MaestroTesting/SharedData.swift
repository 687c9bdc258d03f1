// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Real transcripts that lie beside the checkout and stay out of the repository.
///
/// Tests that use them carry `.enabled(if: SharedData.isPresent, "…")`, so that they skip with a message elsewhere.
package enum SharedData {
    /// `../shared/data` of the checkout, or the folder that `MAESTRO_SHARED_DATA` names.
    package static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["MAESTRO_SHARED_DATA"] { return URL(filePath: path) }
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.deletingLastPathComponent().appending(path: "shared/data")
    }()

    package static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }
    package static let absence: String = "the real transcripts do not lie beside this checkout"

    package static func bytes(of relativePath: String) throws -> Data {
        try Data(contentsOf: folder.appending(path: relativePath))
    }
}
