// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import struct SystemPackage.FilePath
import MaestroTesting

/// A data folder as it lies on the disk, seen from outside: nothing here goes through Maestro.
struct DataFolder: Sendable {
    let path: String

    private var user: URL { URL(filePath: path).appending(path: "users/me") }

    /// A folder of its own in the test's, with the same files.
    func copied(as name: String) throws -> DataFolder {
        let copy = DataFolder(path: TemporaryFolder.path.appending(name).string)
        if FileManager.default.fileExists(atPath: path) {
            try FileManager.default.copyItem(atPath: path, toPath: copy.path)
        }
        return copy
    }

    func remove() throws {
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    }

    /// The live documents by their paths below the user's folder.
    func documents() throws -> [String: String] {
        var texts: [String: String] = [:]
        for path in files() where !path.hasPrefix("reflections/") && !isHidden(path) {
            guard path.hasSuffix(".md") || path.hasSuffix(".yaml") else { continue }
            texts[path] = try String(contentsOf: user.appending(path: path), encoding: .utf8)
        }
        return texts
    }

    /// Files that should not outlive the command that made them.
    func leftovers() -> [String] { files().filter { $0.hasSuffix("~") || $0.contains("~/") } }

    func indexLines() throws -> [String] {
        let file = user.appending(path: "reflections/index.jsonl")
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Everything below the user's folder but Maestro's workings.
    private func files() -> [String] {
        let all = FileManager.default.enumerator(atPath: user.path)?.compactMap { $0 as? String } ?? []
        return all.filter { !$0.hasPrefix(".maestro") }
    }

    private func isHidden(_ path: String) -> Bool { path.split(separator: "/").contains { $0.hasPrefix(".") } }

    /// Asks a copy of the database: to open the one of a killed process would already mend it.
    ///
    /// Nil where there is none yet.
    func ask<T>(_ body: (Database) throws -> T) throws -> T? {
        let scratch = path + "-asked"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        guard FileManager.default.fileExists(atPath: path + "/maestro.sqlite") else { return nil }
        for name in ["maestro.sqlite", "maestro.sqlite-wal", "maestro.sqlite-journal"]
        where FileManager.default.fileExists(atPath: "\(path)/\(name)") {
            try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(scratch)/\(name)")
        }
        return try DatabaseQueue(path: scratch + "/maestro.sqlite").read { db in
            guard try db.tableExists("index_lines") else { return nil }
            return try body(db)
        }
    }

    func count(_ sql: String) throws -> Int { try ask { try Int.fetchOne($0, sql: sql) ?? 0 } ?? 0 }
}
