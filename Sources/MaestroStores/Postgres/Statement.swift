// SPDX-License-Identifier: Apache-2.0
#if Postgres

/// One statement with its parameters, `$1` and on, as texts; their types are what the statement makes of them.
struct Statement: Sendable {
    let sql: String
    let values: [String?]

    init(_ sql: String, _ values: any SQLValue...) { self.init(sql, values) }

    init(_ sql: String, _ values: [any SQLValue]) {
        self.sql = sql
        self.values = values.map(\.sqlText)
    }
}

/// Statements that travel together: one round trip for all of them, and each sees what those before it did.
struct Batch: Sendable {
    private(set) var statements: [Statement] = []

    /// Where its answer will stand; nil for none.
    @discardableResult
    mutating func add(_ statement: Statement?) -> Int? {
        guard let statement else { return nil }
        statements.append(statement)
        return statements.count - 1
    }
}
#endif
