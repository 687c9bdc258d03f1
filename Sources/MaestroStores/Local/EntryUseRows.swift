// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// What history says about the use of the entries of one folder, as far as its `MEMORY.md` can show it.
struct EntryUseRows {
    /// Up to so many entries each is looked for by its name: it takes as long however long the history is.
    ///
    /// Of more, the newest writes of the user are gone through until enough were found; where few of thousands were ever
    /// written by us that is all of them.
    private static let soughtByName = 400

    private let user: UserID
    private let folder: String
    private let db: Database

    init(of user: UserID, in scope: Scope, _ db: Database) {
        self.user = user
        folder = DocumentPath.folder(of: scope)
        self.db = db
    }

    /// By relative path.
    ///
    /// `entries` are those that the index may show. What is left out ranks below all that it has room for.
    func use(of entries: [MemoryEntry]) throws -> [String: EntryUse] {
        let names = EntriesByName(entries)
        var use = try ChangeRows.confirmations(of: user, in: db)
            .filter { isPath($0.key, in: names) }.mapValues { EntryUse(confirmations: $0) }
        let writes =
            if entries.count <= Self.soughtByName {
                try lastWrites(of: entries.map(\.path.relative))
            } else {
                try newestWrites(of: names)
            }
        for (path, moment) in writes { use[path, default: EntryUse()].lastWrite = moment }
        let old = use.filter { $0.value.lastWrite == nil }.keys
        for (path, moment) in try lastWrites(of: Array(old)) { use[path]?.lastWrite = moment }
        return use
    }

    private func isPath(_ path: String, in names: EntriesByName) -> Bool {
        DocumentPath.entryName(path, in: folder).map { names.place(of: $0) != nil } ?? false
    }

    private func lastWrites(of paths: [String]) throws -> [String: Date] {
        guard !paths.isEmpty else { return [:] }
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT path, MAX(at) FROM operations
                    WHERE user = ? AND path IN (SELECT value FROM json_each(?)) AND change IS NOT NULL
                        AND state != 'superseded'
                    GROUP BY path
                    """
            ),
            arguments: [user.rawValue, try JSONText.encoding(paths)]
        )
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], Date(milliseconds: $0[1])) })
    }

    /// Newest first, until as many of `names` were found as an index can show.
    private func newestWrites(of names: EntriesByName) throws -> [String: Date] {
        var writes: [String: Date] = [:]
        var left = MemoryIndex.maxLines
        var last = Int64.max
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT path, at FROM operations
                    WHERE user = ? AND change IS NOT NULL AND state != 'superseded' ORDER BY at DESC
                    """
            ),
            arguments: [user.rawValue]
        )
        while let row = try rows.next() {
            let (path, moment): (String, Int64) = (row[0], row[1])
            // Entries of one moment are ordered by their names, so all of them are needed.
            if left <= 0, moment < last { break }
            last = moment
            guard writes[path] == nil, isPath(path, in: names) else { continue }
            writes[path] = Date(milliseconds: moment)
            left -= 1
        }
        return writes
    }
}
