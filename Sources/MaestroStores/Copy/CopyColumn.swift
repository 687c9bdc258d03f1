// SPDX-License-Identifier: Apache-2.0

/// One value of every record of a kind, and where each store has it.
package struct CopyColumn: Sendable {
    package enum Form: Sendable { case text, integer, flag }

    /// Its name in records.
    package let name: String
    package let form: Form
    /// Whether it belongs to what names the record.
    var isKey = false
    /// Whether both stores must have the same: not what only one of them knows.
    var isCompared = true
    /// Whether it is read along only, to say whose the record is.
    var isRemark = false
    /// How it is read from the embedded store, in SQL; nil: it has none.
    var local: String?
    /// How it is read from PostgreSQL, in SQL.
    var postgres: String

    private init(_ name: String, _ form: Form) {
        self.name = name
        self.form = form
        local = name
        postgres = name
    }

    static func text(_ name: String) -> CopyColumn { CopyColumn(name, .text) }
    static func integer(_ name: String) -> CopyColumn { CopyColumn(name, .integer) }
    static func flag(_ name: String) -> CopyColumn { CopyColumn(name, .flag) }

    /// Whose it is.
    static let user = text("user").at(local: "user", postgres: "user_id")
    /// The order in which things came, which each database keeps in a way of its own.
    static let number = integer("number").at(local: "rowid", postgres: "number")

    /// Whose a record is that does not say so itself: `reading` joins it, given the name of the user's column.
    static func owner(_ reading: (String) -> String) -> CopyColumn {
        var column = text("owner").at(local: "(\(reading("user")))", postgres: "(\(reading("user_id")))")
        column.isCompared = false
        column.isRemark = true
        return column
    }

    var key: CopyColumn {
        var column = self
        column.isKey = true
        return column
    }

    var uncompared: CopyColumn {
        var column = self
        column.isCompared = false
        return column
    }

    func at(local: String?, postgres: String) -> CopyColumn {
        var column = self
        (column.local, column.postgres) = (local, postgres)
        return column
    }
}
