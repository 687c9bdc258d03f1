// SPDX-License-Identifier: Apache-2.0
import GRDB
import Maestro

/// The users of the embedded store: those with a row, and those who have a folder alone.
struct CopiedUsers {
    let store: LocalStore
    /// Sorted by their bytes.
    let users: [UserID]

    func records(after key: CopyKey?, _ page: CopyPage) throws -> [CopyRecord] {
        let next = users.drop { user in key.map { CopyKey([.text(user.rawValue)]) <= $0 } ?? false }
        return try store.ledger.read { db in
            try next.prefix(page.records).map { user in
                let row = try Row.fetchOne(
                    db.cachedStatement(sql: "SELECT created_at, served_at FROM users WHERE id = ?"),
                    arguments: [user.rawValue]
                )
                let since = (row?["created_at"] as Int64?).map { CopyValue.integer($0) } ?? .null
                return CopyRecord(.users, [.text(user.rawValue), since, .integer(row?["served_at"] ?? 0), .null])
            }
        }
    }
}
