// SPDX-License-Identifier: Apache-2.0
#if Postgres
import CPostgres
import Maestro

/// PostgreSQL's client library, which is loaded where it is first asked for.
enum Libpq {
    /// Why it cannot be used, in the loader's words; nil where it can.
    static var problem: String? { pq_load().map { String(cString: $0) } }

    /// - Throws: ``StoreError/unusable(_:hint:)`` where it is not installed.
    static func require() throws {
        guard let problem else { return }
        throw StoreError.unusable(
            "PostgreSQL's client library cannot be loaded: \(problem); nothing was changed",
            hint:
                "install it (Debian: `apt install libpq5`, macOS: `brew install libpq`), then run the same command again"
        )
    }
}
#endif
