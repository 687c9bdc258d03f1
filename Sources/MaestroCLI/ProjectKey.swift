// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// The key of a project: its git remote, else its folder.
enum ProjectKey {
    /// The scope of work done in `folder`.
    static func scope(of folder: String) -> Scope { .project(remote(of: folder) ?? folder) }

    /// The `origin` of the checkout that holds `folder`, read from its configuration without running git.
    static func remote(of folder: String) -> String? {
        // What a transcript names may be anything: only a whole path is one on this machine.
        guard folder.hasPrefix("/") else { return nil }
        var url = URL(filePath: folder).standardizedFileURL
        for _ in 0..<64 {
            if let text = configuration(of: url) { return origin(in: text).flatMap(normalised) }
            guard url.path != "/" else { return nil }
            url = url.deletingLastPathComponent()
        }
        return nil
    }

    private static func configuration(of folder: URL) -> String? {
        let git = folder.appending(path: ".git")
        let files = FileManager.default
        if let data = files.contents(atPath: git.appending(path: "config").path) {
            return String(decoding: data, as: UTF8.self)
        }
        // A worktree: `.git` is a file that names the folder below the main checkout's `.git/worktrees`.
        guard let data = files.contents(atPath: git.path) else { return nil }
        let line = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard line.hasPrefix("gitdir: ") else { return nil }
        let worktree = URL(filePath: String(line.dropFirst("gitdir: ".count)), relativeTo: folder)
        let main = worktree.deletingLastPathComponent().deletingLastPathComponent().appending(path: "config")
        return files.contents(atPath: main.path).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func origin(in configuration: String) -> String? {
        var isOrigin = false
        for line in configuration.split(whereSeparator: \.isNewline) {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text.hasPrefix("[") { isOrigin = text == "[remote \"origin\"]" }
            guard isOrigin, text.hasPrefix("url") else { continue }
            return text.split(separator: "=", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    /// `git@github.com:acme/app.git` and `https://me:key@github.com/acme/app/` both become `github.com/acme/app`.
    static func normalised(_ remote: String) -> String? {
        var text = remote.trimmingCharacters(in: .whitespaces)
        if let scheme = text.range(of: "://") {
            text = String(text[scheme.upperBound...])
        } else if let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") {
            text.replaceSubrange(colon...colon, with: "/")
        }
        let host = text.prefix { $0 != "/" }
        if let at = host.lastIndex(of: "@") { text = String(text[text.index(after: at)...]) }
        while text.hasSuffix("/") { text.removeLast() }
        if text.hasSuffix(".git") { text.removeLast(".git".count) }
        let parts = text.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let name = parts.first, let path = parts.last else { return text.isEmpty ? nil : text }
        // A port says how to get there, not which project it is.
        return name.prefix { $0 != ":" }.lowercased() + "/" + path
    }
}
