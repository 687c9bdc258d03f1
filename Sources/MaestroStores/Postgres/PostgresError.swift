// SPDX-License-Identifier: Apache-2.0
#if Postgres

/// What went wrong between us and PostgreSQL, told apart by whether trying again can help.
///
/// The words are the server's or libpq's, without any password.
package enum PostgresError: Error, Hashable, Sendable {
    /// No connection, or it broke; nothing of a transaction that was under way is left.
    case connectionLost(String)
    /// The connection broke while a transaction was being committed: it may have happened or not.
    case outcomeUnknown(String)
    /// Another transaction stood in the way (serialization failure, deadlock); nothing is left of this one.
    case conflict(String)
    /// No connection of the pool, no lock or no answer in time; nothing is left of the transaction.
    case overdue(String)
    /// The server refused a statement, or will not let us in: five characters of SQLSTATE (empty: none), and its words.
    case refused(state: String, String)
    /// A row does not hold what this version expects.
    case unreadable(String)

    /// Whether it may work when it is run again; where the outcome is unknown, by what finds what it did before.
    package var isRetryable: Bool {
        switch self {
        case .connectionLost, .outcomeUnknown, .conflict: true
        case .overdue, .refused, .unreadable: false
        }
    }

    package var sentence: String {
        switch self {
        case .connectionLost(let words): "the connection to PostgreSQL failed: \(words)"
        case .outcomeUnknown(let words): "the connection to PostgreSQL broke during a commit: \(words)"
        case .conflict(let words): "PostgreSQL undid the transaction: \(words)"
        case .overdue(let words): words
        case .refused(_, let words): "PostgreSQL refused: \(words)"
        case .unreadable(let words): words
        }
    }

    /// What a SQLSTATE is worth.
    init(state: String, _ words: String) {
        switch state {
        // Class 08 is the connection; 57P01 to 57P03 a server that stops or starts; 53300 one that is full; 25006 a
        // standby, where a failover has not ended; 25P03 a transaction that kept the server waiting.
        case _ where state.hasPrefix("08"): self = .connectionLost(words)
        case "57P01", "57P02", "57P03", "53300", "25006", "25P03": self = .connectionLost(words)
        case "40001", "40P01": self = .conflict(words)
        case "57014", "55P03": self = .overdue("PostgreSQL gave up: \(words)")
        default: self = .refused(state: state, words)
        }
    }
}
#endif
