// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Paths as people write them: `~` is their home folder.
enum HomePath {
    /// `HOME` first, as every shell has it: Foundation would ask the user database and pass a changed home over.
    static func expanding(
        _ path: String,
        home: String? = ProcessInfo.processInfo.environment["HOME"]
    ) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return (path as NSString).expandingTildeInPath }
        guard let home, home.hasPrefix("/") else { return (path as NSString).expandingTildeInPath }
        return home + path.dropFirst()
    }
}
