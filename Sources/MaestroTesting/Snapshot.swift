// SPDX-License-Identifier: Apache-2.0
import Foundation
package import Testing

/// Compares a text with the file `Snapshots/<name>` beside the test.
///
/// `RECORD_SNAPSHOTS=1` rewrites the file and fails the test, so that nobody commits a baseline unseen.
package enum Snapshot {
    package static func expect(
        _ text: String,
        is name: String,
        testFile: String = #filePath,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let file = URL(filePath: testFile).deletingLastPathComponent().appending(path: "Snapshots/\(name)")
        if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
            Issue.record(
                "recorded `\(name)`: read the difference, then run without RECORD_SNAPSHOTS",
                sourceLocation: location
            )
            return
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(
            text == expected,
            "differs from `Snapshots/\(name)`; RECORD_SNAPSHOTS=1 rewrites it",
            sourceLocation: location
        )
    }
}
