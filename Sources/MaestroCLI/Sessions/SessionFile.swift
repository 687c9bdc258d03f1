// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// A Claude Code session on disk, as its folder shows it: nothing of it is read.
struct SessionFile: Hashable, Sendable {
    let path: String
    /// The file's name, which is the session's id.
    let name: String
    let changedAt: Date
    let bytes: Int
}

extension SessionFile {
    /// `${CLAUDE_CONFIG_DIR:-~/.claude}/projects`; an empty variable counts as unset.
    static func folder(environment: [String: String] = ProcessInfo.processInfo.environment) -> URL {
        let base = environment["CLAUDE_CONFIG_DIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "~/.claude"
        return URL(filePath: HomePath.expanding(base)).appending(path: "projects")
    }

    /// The sessions in the project folders of `folder`, newest first; logs of subagents are part of a session, none.
    ///
    /// Absent or private folders hold no session for us; there is nothing to report.
    static func all(in folder: URL) -> [SessionFile] {
        var seen: Set<String> = []
        return contents(of: folder).flatMap { contents(of: $0) }
            // Two ways may lead to one file.
            .filter { seen.insert($0.resolvingSymlinksInPath().path).inserted }
            .compactMap(SessionFile.init)
            .sorted { ($0.changedAt, $1.path) > ($1.changedAt, $0.path) }
    }

    private static let keys: Set<URLResourceKey> = [.contentModificationDateKey, .fileSizeKey, .isRegularFileKey]

    /// Where they are links, what these lead to: a home may lie on several disks.
    private static func contents(of folder: URL) -> [URL] {
        let folder = folder.resolvingSymlinksInPath()
        return (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(keys))) ?? []
    }

    private init?(_ url: URL) {
        let name = url.deletingPathExtension().lastPathComponent
        // A file that went away since it was listed is none.
        guard url.pathExtension == "jsonl", !name.hasPrefix("agent-"),
            let values = try? url.resolvingSymlinksInPath().resourceValues(forKeys: Self.keys),
            values.isRegularFile == true,
            let changedAt = values.contentModificationDate, let bytes = values.fileSize
        else { return nil }
        self.init(path: url.path, name: name, changedAt: changedAt, bytes: bytes)
    }
}
