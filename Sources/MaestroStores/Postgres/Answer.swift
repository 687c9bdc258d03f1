// SPDX-License-Identifier: Apache-2.0
#if Postgres

/// What one statement gave: rows, or how many it changed.
struct Answer: Sendable {
    var rows: [Row] = []
    var changed = 0

    /// One row, with values by the names of their columns.
    struct Row: Sendable {
        fileprivate let columns: [String: Int]
        fileprivate let values: [String?]

        init(columns: [String: Int], values: [String?]) {
            self.columns = columns
            self.values = values
        }

        /// - Throws: ``PostgresError/unreadable(_:)`` where it is NULL, no such value, or no such column.
        func value<T: SQLValue>(_ column: String) throws -> T {
            guard let value: T = try optional(column) else {
                throw PostgresError.unreadable("the column `\(column)` has no value")
            }
            return value
        }

        /// Nil where it is NULL.
        func optional<T: SQLValue>(_ column: String) throws -> T? {
            guard let index = columns[column] else {
                throw PostgresError.unreadable("there is no column `\(column)`")
            }
            guard let text = values[index] else { return nil }
            guard let value = T(sqlText: text) else {
                throw PostgresError.unreadable("the column `\(column)` does not hold what it should")
            }
            return value
        }
    }
}
#endif
