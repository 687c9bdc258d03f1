// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// What the fuzzer starts from, and what it found once: `Fuzzing/Seeds/<parser>/`.
package enum FuzzSeeds {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fuzzing/Seeds")

    /// The files of one parser, sorted by name.
    package static func files(of parser: String) -> [URL] {
        let folder = folder.appending(path: parser)
        let found = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).sorted { $0.path < $1.path }
    }

    package static func texts(of parser: String) throws -> [String] {
        try files(of: parser).map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    }
}
