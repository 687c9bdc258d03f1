// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// Records as rows of the local database.
enum CopyRows {
    // MARK: - Reading

    /// Ends at the page's bytes without having read further.
    static func records(
        _ kind: CopyKind,
        after key: CopyKey?,
        _ page: CopyPage,
        in db: Database
    ) throws -> [CopyRecord] {
        let arguments = (key?.values ?? []).map(\.databaseValue) + [page.records.databaseValue]
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: selection(of: kind, hasKey: key != nil)),
            arguments: StatementArguments(arguments)
        )
        var records: [CopyRecord] = []
        var bytes = 0
        while let row = try rows.next() {
            let record = CopyRecord(kind, try kind.columns.indices.map { try value(row[$0], in: kind) })
            bytes += record.bytes
            if !records.isEmpty, bytes > page.bytes { break }
            records.append(record)
        }
        return records
    }

    private static func selection(of kind: CopyKind, hasKey: Bool) -> String {
        let keys = kind.keyColumns.map { $0.local ?? "NULL" }
        let after = "(\(keys.joined(separator: ", "))) > (\(keys.map { _ in "?" }.joined(separator: ", ")))"
        // Not the pause that a copy itself puts there.
        let whole = kind == .pauses ? "reason IS NOT '\(HoldBack.reason)'" : "TRUE"
        return """
            SELECT \(kind.columns.map { $0.local ?? "NULL" }.joined(separator: ", ")) FROM \(kind.table)
            WHERE \(whole)\(hasKey ? " AND \(after)" : "") ORDER BY \(keys.joined(separator: ", ")) LIMIT ?
            """
    }

    private static func value(_ value: DatabaseValue, in kind: CopyKind) throws -> CopyValue {
        switch value.storage {
        case .null: return .null
        case .int64(let number): return .integer(number)
        case .string(let text): return .text(text)
        case .double, .blob:
            throw StoreError.unusable(
                "a row of `\(kind.table)` holds a value that is none of ours; nothing more was copied",
                hint: "`maestro fsck` looks at the database"
            )
        }
    }

    // MARK: - Writing

    /// What is there by its key is left as it is.
    static func insert(_ record: CopyRecord, at moment: Date, in db: Database) throws {
        let row = try values(of: record, at: moment)
        let names = row.map(\.column).joined(separator: ", ")
        let places = row.map { _ in "?" }.joined(separator: ", ")
        try db.run(
            sql: "INSERT INTO \(record.kind.table) (\(names)) VALUES (\(places)) ON CONFLICT DO NOTHING",
            arguments: StatementArguments(row.map { $0.value.databaseValue })
        )
    }

    private static func values(
        of record: CopyRecord,
        at moment: Date
    ) throws -> [(column: String, value: CopyValue)] {
        switch record.kind {
        case .users: return userValues(of: record, at: moment)
        case .pauses:
            let user = record["of_user"].integer == 1 ? record["user"] : .null
            return [("user", user)] + ["until", "reason", "since"].map { ($0, record[$0]) }
        default: break
        }
        var values = zip(record.kind.columns, record.values).compactMap { column, value in
            column.isRemark || column.name == "is_superseded" ? nil : column.local.map { (column: $0, value: value) }
        }
        switch record.kind {
        case .plans: values.append(("applied", .integer(1)))
        case .operations:
            values.append(("state", .text(record["is_superseded"].integer == 1 ? "superseded" : "applied")))
            values.append(("base_hash", hash(of: record["before"])))
            values.append(("after_hash", hash(of: record["after"])))
        case .indexLines:
            let line = record["text"].text.flatMap { IndexLine(reading: $0) }
            values.append(("previous", .text(line?.previous ?? "")))
        default: break
        }
        return values
    }

    private static func userValues(of record: CopyRecord, at moment: Date) -> [(column: String, value: CopyValue)] {
        let user = UserID(record["user"].text ?? "")
        let since = record["created_at"].integer ?? moment.milliseconds
        return [
            ("id", record["user"]), ("folder", .text(user.folderName)), ("created_at", .integer(since)),
            ("served_at", record["served"]),
        ]
    }

    private static func hash(of text: CopyValue) -> CopyValue { CopyValue(text.text.map { ContentHash(of: $0).hex }) }
}

extension CopyValue {
    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
    }
}
