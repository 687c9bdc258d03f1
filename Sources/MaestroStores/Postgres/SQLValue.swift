// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation

/// A value that travels to and from PostgreSQL as text.
protocol SQLValue: Sendable {
    /// Nil: NULL.
    var sqlText: String? { get }
    /// Nil where the text is no such value.
    init?(sqlText: String)
}

extension String: SQLValue {
    /// PostgreSQL cannot hold a zero byte: it becomes the sign for what cannot be shown.
    var sqlText: String? { utf8.contains(0) ? replacing("\0", with: "\u{FFFD}") : self }
    init?(sqlText: String) { self = sqlText }
}

extension Int: SQLValue {
    var sqlText: String? { String(self) }
    init?(sqlText: String) { self.init(sqlText) }
}

extension Bool: SQLValue {
    var sqlText: String? { self ? "t" : "f" }
    init?(sqlText: String) {
        guard sqlText == "t" || sqlText == "f" else { return nil }
        self = sqlText == "t"
    }
}

/// In whole milliseconds since 1970, as in the local database.
extension Date: SQLValue {
    var sqlText: String? { String(milliseconds) }
    init?(sqlText: String) {
        guard let milliseconds = Int64(sqlText) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension Optional: SQLValue where Wrapped: SQLValue {
    var sqlText: String? { self?.sqlText }
    init?(sqlText: String) {
        guard let value = Wrapped(sqlText: sqlText) else { return nil }
        self = value
    }
}
#endif
