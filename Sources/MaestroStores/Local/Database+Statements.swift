// SPDX-License-Identifier: Apache-2.0
import GRDB

extension Database {
    /// Runs one statement that is prepared once for the life of the connection.
    ///
    /// `execute(sql:)` prepares anew each time, which costs more than most of our statements themselves.
    func run(sql: String, arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
