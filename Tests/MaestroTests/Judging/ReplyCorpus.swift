// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The files under `Replies/`: rows of `=== title`, head, `>>> reply`, reply, `>>> decisions`, expectations.
enum ReplyCorpus {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Replies")

    static let files: [URL] = {
        let found = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (found ?? []).filter { $0.pathExtension == "replies" }.sorted { $0.path < $1.path }
    }()

    static let cases: [ReplyCase] = files.flatMap { (try? cases(of: $0)) ?? [] }

    static func cases(of file: URL) throws -> [ReplyCase] {
        let name = file.deletingPathExtension().lastPathComponent
        return try blocks(of: file).rows.map { block in
            let reply = block.firstIndex(of: ">>> reply") ?? block.endIndex
            let decisions = block.firstIndex(of: ">>> decisions") ?? block.endIndex
            return ReplyCase(
                title: "\(name): \(block[0].dropFirst("=== ".count))",
                head: Array(block[1..<reply]),
                reply: trimmed(block[min(reply + 1, decisions)..<decisions]),
                expected: block[min(decisions + 1, block.endIndex)...].filter { !$0.isEmpty }
            )
        }
    }

    /// Without blank lines at the end.
    private static func trimmed(_ lines: ArraySlice<String>) -> [String] {
        var lines = lines
        while lines.last?.isEmpty == true { lines.removeLast() }
        return Array(lines)
    }

    /// Rewrites every row's expectations with what the code does now.
    static func record() throws {
        for file in files {
            let blocks = try blocks(of: file)
            let rows = try zip(blocks.rows, cases(of: file)).map { block, row in
                let kept = trimmed(block.prefix { $0 != ">>> decisions" })
                let outcome: [String] = try row.outcome()
                return (kept + [">>> decisions"] + outcome + [""]).joined(separator: "\n")
            }
            let text = (blocks.preface + rows).joined(separator: "\n")
            try Data(text.utf8).write(to: file)
        }
    }

    private static func blocks(of file: URL) throws -> (preface: [String], rows: [[String]]) {
        let text = try String(contentsOf: file, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let starts = lines.indices.filter { lines[$0].hasPrefix("=== ") }
        let rows = zip(starts, starts.dropFirst() + [lines.count]).map { Array(lines[$0..<$1]) }
        return (Array(lines[..<(starts.first ?? 0)]), rows)
    }
}
