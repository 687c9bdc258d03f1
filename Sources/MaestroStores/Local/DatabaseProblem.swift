// SPDX-License-Identifier: Apache-2.0
package import GRDB
import Maestro
import struct SystemPackage.FilePath

/// Sentences for what SQLite refused.
///
/// They all end as ``StoreError/unusable(_:hint:)``: nothing was changed, and a person must look.
package enum DatabaseProblem {
    static func cannotOpen(_ path: FilePath, _ error: DatabaseError) -> StoreError {
        .unusable("cannot open the database `\(path)`: \(words(error))", hint: hint(for: error.resultCode))
    }

    static func refused(_ path: FilePath, _ error: DatabaseError) -> StoreError {
        .unusable("the database `\(path)` refused: \(words(error))", hint: hint(for: error.resultCode))
    }

    /// What to do about a database that is damaged inside.
    static let damaged =
        "stop all workers, then bring a backup back, or move the database away with its `-wal` and `-shm` files: "
        + "history and queue start anew, and the memory files stay"

    private static func words(_ error: DatabaseError) -> String {
        error.message ?? error.resultCode.description
    }

    /// What to do about a primary result code.
    ///
    /// Only a file that is no database, or a damaged one, is to be moved away: after any other refusal the history in it is
    /// whole, and a person who moved it away would lose it for nothing.
    package static func hint(for code: ResultCode) -> String {
        switch code {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: damaged
        case .SQLITE_FULL: "make room on its disk, then try again; nothing was changed"
        case .SQLITE_IOERR:
            "look after its disk: it may be full or failing, which the system's log tells; nothing was changed"
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
            "you must be allowed to read and write it, its `-wal` and `-shm` files, and their folder, and they must be "
                + "regular files; nothing was changed"
        case .SQLITE_BUSY, .SQLITE_LOCKED: "another program uses it: try again when that has ended; nothing was changed"
        case .SQLITE_NOMEM: "the machine is short of memory: try again when it has more; nothing was changed"
        default: "nothing was changed; report this with the output of `maestro fsck`"
        }
    }
}
