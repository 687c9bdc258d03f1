// SPDX-License-Identifier: Apache-2.0
package import Maestro

/// How the database's log stands: pure.
///
/// Every write folds a large log into the database, and a write that cannot goes on all the same. Where that never works the
/// log only grows, and `doctor` is who tells.
package struct LogStanding: Sendable, Hashable {
    /// What became of an attempt to fold the log into the database.
    package enum Folding: Sendable, Hashable {
        case folded
        /// Another process writes at this moment.
        case heldByWriters
        /// Another connection reads what stands in the log.
        case heldByReaders
        case failed(String, hint: String)
    }

    let bytes: Int64
    let folding: Folding

    package init(bytes: Int64, folding: Folding) {
        self.bytes = bytes
        self.folding = folding
    }

    package var finding: Finding {
        let log = "the log `maestro.sqlite-wal` had grown to \(bytes >> 20) MB"
        switch folding {
        case .folded: return Finding(.good, "log", "\(log), and was folded into the database now")
        case .heldByWriters:
            return Finding(
                .note,
                "log",
                "\(log), and cannot be folded into the database while other processes write; nothing is lost",
                hint: "run `maestro doctor` again when the workers rest"
            )
        case .heldByReaders:
            return Finding(
                .problem,
                "log",
                "\(log), and cannot be folded into the database while another program reads it; nothing is lost",
                hint:
                    "end what keeps `maestro.sqlite` open (a backup, a database browser), then run `maestro doctor` again"
            )
        case .failed(let sentence, let hint):
            return Finding(
                .problem,
                "log",
                "\(log), and cannot be folded into the database: \(sentence); nothing is lost, but it grows with every write",
                hint: hint
            )
        }
    }
}
