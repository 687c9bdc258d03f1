// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// What history says about the use of entries, as far as `MEMORY.md` can show it.
enum EntryUseRows {
    /// By relative path: everything for entries that were said again, and the newest writes of the others, enough of them
    /// that what is left out ranks below all that the index has room for.
    ///
    /// So it takes no longer when a user's history grows.
    static func use(
        of entries: [MemoryEntry],
        in scope: Scope,
        user: UserID,
        in db: Database
    ) throws -> [String: EntryUse] {
        var use = try ChangeRows.confirmations(of: user, in: db).mapValues { EntryUse(confirmations: $0) }
        let said = Array(use.keys)
        for (path, moment) in try newestWrites(of: user, enough: Enough(entries, in: scope), in: db) {
            use[path, default: EntryUse()].lastWrite = moment
        }
        for path in said where use[path]?.lastWrite == nil {
            use[path]?.lastWrite = try lastWrite(of: path, user: user, in: db)
        }
        return use
    }

    private static func newestWrites(of user: UserID, enough: Enough, in db: Database) throws -> [String: Date] {
        var enough = enough
        var writes: [String: Date] = [:]
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
            if writes[path] != nil { continue }
            if enough.isReached(before: moment) { break }
            writes[path] = Date(milliseconds: moment)
            enough.note(path, at: moment)
        }
        return writes
    }

    private static func lastWrite(of path: String, user: UserID, in db: Database) throws -> Date? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT MAX(at) FROM operations
                    WHERE user = ? AND path = ? AND change IS NOT NULL AND state != 'superseded'
                    """
            ),
            arguments: [user.rawValue, path]
        ).map { Date(milliseconds: $0) }
    }

    /// Counts the entries that stand among those found, newest first, up to what an index can show.
    private struct Enough {
        private let entries: [MemoryEntry]
        private let folder: String
        /// The names of the entries; made when so many were found that it matters.
        private var standing: Set<String>?
        private var found: [String] = []
        private var left = MemoryIndex.maxLines
        private var last = Int64.max

        init(_ entries: [MemoryEntry], in scope: Scope) {
            self.entries = entries
            folder = DocumentPath.folder(of: scope) + "/"
        }

        /// Entries of one moment are ordered by their names, so all of them are needed.
        func isReached(before moment: Int64) -> Bool { left <= 0 && moment < last }

        mutating func note(_ path: String, at moment: Int64) {
            last = moment
            guard let standing else {
                found.append(path)
                if found.count == MemoryIndex.maxLines { count() }
                return
            }
            if isOf(standing, path) { left -= 1 }
        }

        private mutating func count() {
            let standing = Set(entries.map(\.name.rawValue))
            left -= found.count { isOf(standing, $0) }
            self.standing = standing
        }

        private func isOf(_ names: Set<String>, _ path: String) -> Bool {
            path.hasPrefix(folder) && path.hasSuffix(".md")
                && names.contains(String(path.dropFirst(folder.count).dropLast(3)))
        }
    }
}
