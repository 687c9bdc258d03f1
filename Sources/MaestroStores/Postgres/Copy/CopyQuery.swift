// SPDX-License-Identifier: Apache-2.0
#if Postgres

/// How records of one kind are read and added, in SQL.
struct CopyQuery {
    private let kind: CopyKind
    /// Whether reading begins with the first record; else the parameters begin with the key to go on from.
    private let isFirst: Bool

    init(_ kind: CopyKind, isFirst: Bool = true) {
        self.kind = kind
        self.isFirst = isFirst
    }

    // MARK: - Reading

    /// The next records; the last parameter limits them.
    var records: String {
        let values = kind.columns.map { "\($0.postgres) AS \"\($0.name)\"" }
        return "SELECT \(values.joined(separator: ", ")) \(rest)"
    }

    /// How many bytes the next records have, likewise.
    var sizes: String {
        let texts = kind.storedColumns.filter { $0.form == .text }
        return
            "SELECT \(texts.map { "COALESCE(octet_length(\($0.postgres)), 0)" }.joined(separator: " + ")) AS size \(rest)"
    }

    private var rest: String {
        let keys = kind.keyColumns
        let names = keys.map(\.postgres).joined(separator: ", ")
        var conditions: [String] = []
        if !isFirst {
            let places = keys.enumerated().map { "$\($0.offset + 1)\($0.element.cast)" }
            conditions.append("(\(names)) > (\(places.joined(separator: ", ")))")
        }
        switch kind {
        // Not the pause that a copy itself puts there.
        case .pauses: conditions.append("reason IS DISTINCT FROM '\(HoldBack.reason)'")
        // One that was removed leaves a row without a text.
        case .documents: conditions.append("text IS NOT NULL")
        default: break
        }
        let condition = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND ")) "
        return "FROM \(kind.table) \(condition)ORDER BY \(names) LIMIT $\(isFirst ? 1 : keys.count + 1)::int"
    }

    // MARK: - Writing

    /// Adds the rows of `$1`, a JSON array of objects; what is there by its key is left.
    var insertion: String {
        let targets = targets
        return """
            INSERT INTO \(kind.table) (\(targets.map { "\"\($0.column)\"" }.joined(separator: ", ")))
            \(kind.sequence == nil ? "" : "OVERRIDING SYSTEM VALUE")
            SELECT \(targets.map(\.value).joined(separator: ", ")) FROM \(given)
            ON CONFLICT DO NOTHING
            """
    }

    /// The rows of `$1`.
    var given: String {
        let columns = kind.storedColumns.map { "\"\($0.name)\" \($0.type)" }
        return "json_to_recordset($1::json) AS given (\(columns.joined(separator: ", ")))"
    }

    private var targets: [(column: String, value: String)] {
        switch kind {
        case .users:
            let now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
            return [
                ("id", "\"user\""), ("created_at", "COALESCE(created_at, \(now))"), ("served", "served"),
                ("revision", "COALESCE(revision, 0)"),
            ]
        case .pauses:
            return [
                ("user_id", "CASE WHEN of_user THEN \"user\" END"), ("until", "until"), ("reason", "reason"),
                ("since", "since"),
            ]
        case .attempts: return [("id", "'copied-' || number")] + plainTargets
        default: return plainTargets
        }
    }

    private var plainTargets: [(column: String, value: String)] {
        kind.storedColumns.map { ($0.postgres, "given.\"\($0.name)\"") }
    }

    /// Brings the sequence up to what was copied, `$1`, so that what comes later gets later numbers.
    var advance: String? {
        guard let sequence = kind.sequence else { return nil }
        return "SELECT setval(\(sequence), GREATEST($1::bigint, COALESCE(pg_sequence_last_value(\(sequence)), 0)))"
    }
}

extension CopyKind {
    /// The sequence that numbers its rows, as SQL; nil: none does.
    fileprivate var sequence: String? {
        switch self {
        case .users: "'service_order'::regclass"
        case .plans: "pg_get_serial_sequence('plans', 'id')::regclass"
        default:
            columns.contains { $0.name == CopyColumn.number.name }
                ? "pg_get_serial_sequence('\(table)', 'number')::regclass" : nil
        }
    }

    /// The column with that number.
    var sequenceColumn: String? {
        switch self {
        case .users: "served"
        case .plans: "id"
        default: sequence == nil ? nil : CopyColumn.number.name
        }
    }
}

extension CopyColumn {
    fileprivate var type: String {
        switch form {
        case .text: "text"
        case .integer: "bigint"
        case .flag: "boolean"
        }
    }

    /// Of a parameter; texts are meant without one.
    fileprivate var cast: String { form == .text ? "" : "::\(type)" }
}
#endif
