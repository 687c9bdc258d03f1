// SPDX-License-Identifier: Apache-2.0
import GRDB

extension Database {
    /// Runs one statement that is prepared once for the life of the connection.
    ///
    /// `execute(sql:)` prepares anew each time, which costs more than most of our statements themselves.
    func run(sql: String, arguments: StatementArguments = StatementArguments()) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// All of `body` or nothing; what it throws, or the commit, is thrown when all was taken back.
    ///
    /// GRDB's own prepares both statements anew each time, and a reflection takes thirty transactions.
    func inCachedTransaction<T>(_ kind: TransactionKind, _ body: () throws -> T) throws -> T {
        try run(sql: "BEGIN \(kind.rawValue) TRANSACTION")
        do {
            let result = try body()
            try run(sql: "COMMIT TRANSACTION")
            return result
        } catch {
            // A full disk has ended it already.
            if isInsideTransaction { try rollback() }
            throw error
        }
    }

    /// All of `body` or nothing, within a transaction.
    func inCachedSavepoint(_ body: () throws -> Void) throws {
        try run(sql: "SAVEPOINT member")
        do {
            try body()
            try run(sql: "RELEASE SAVEPOINT member")
        } catch {
            if isInsideTransaction {
                try run(sql: "ROLLBACK TRANSACTION TO SAVEPOINT member")
                try run(sql: "RELEASE SAVEPOINT member")
            }
            throw error
        }
    }
}
