// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The reader's own newest Claude Code session, so that the example ends with something of theirs.
enum NewestSession {
    /// Sessions lie in `${CLAUDE_CONFIG_DIR:-~/.claude}/projects/<slug>/<session>.jsonl`.
    static func path(environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
        let base = environment["CLAUDE_CONFIG_DIR"] ?? "~/.claude"
        let projects = URL(filePath: HomePath.expanding(base)).appending(path: "projects")
        let files = FileManager.default
        guard let folders = files.contentsIfReadable(of: projects) else { return nil }
        let sessions = folders.flatMap { files.contentsIfReadable(of: $0) ?? [] }.filter { $0.pathExtension == "jsonl" }
        return sessions.max { files.changed($0) < files.changed($1) }?.path
    }

    static func suggestion(environment: [String: String] = ProcessInfo.processInfo.environment) -> [String] {
        guard let path = path(environment: environment) else { return [] }
        return ["Your own newest session: .build/debug/maestro reflect '\(path)'"]
    }
}

extension FileManager {
    fileprivate func contentsIfReadable(of folder: URL) -> [URL]? {
        // Absent or private folders hold no session for us; there is nothing to report.
        (try? contentsOfDirectory(at: folder, includingPropertiesForKeys: [.contentModificationDateKey]))
    }

    fileprivate func changed(_ file: URL) -> Date {
        (try? file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate) ?? .distantPast
    }
}
