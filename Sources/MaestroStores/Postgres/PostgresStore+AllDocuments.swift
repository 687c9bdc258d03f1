// SPDX-License-Identifier: Apache-2.0
#if Postgres
package import Maestro

extension PostgresStore {
    /// A document's version is the user's revision that wrote it.
    package func documents(of user: UserID) async throws -> [StoredDocument] {
        // One statement, so that all of it is of one moment.
        try await read(
            "SELECT document, text, version FROM documents WHERE user_id = $1 AND text IS NOT NULL ORDER BY path",
            user.rawValue
        ).map { StoredDocument(document: try DocumentTable.document(of: $0), version: try $0.value("version")) }
    }
}
#endif
