// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Maestro
import Synchronization

/// Whether the connections of a pool prepare statements, so that the server parses and plans each once a connection.
///
/// A transaction pooler in between may give every transaction another session: one that follows prepared statements there
/// (PgBouncer from 1.21 on) needs nothing; of any other the first error is the end of preparing, and the transaction, of
/// which nothing is left, is run again. A statement is named by its text: under its name nobody finds another one.
final class Preparation: Sendable {
    private let isGivenUp = Atomic(false)

    var isOn: Bool { !isGivenUp.load(ordering: .relaxed) }

    /// Whether an error says that a session is not as it was left: no such statement, a statement that is there already, or
    /// (after a migration by a newer version) columns that its plan does not know.
    ///
    /// From then on nothing is prepared any more.
    func isEnded(by state: String) -> Bool {
        guard isOn, ["26000", "42P05", "0A000"].contains(state) else { return false }
        isGivenUp.store(true, ordering: .relaxed)
        return true
    }

    static func name(of sql: String) -> String { "maestro_" + ContentHash(of: sql).hex.prefix(32) }
}
#endif
