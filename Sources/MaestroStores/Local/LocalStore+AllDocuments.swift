// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import Maestro

extension LocalStore {
    /// Files are versions of themselves: there are no numbers.
    package func documents(of user: UserID) async throws -> [StoredDocument] {
        if let documents = try await blocking({ try $0.undisturbedDocuments(of: user) }) { return documents }
        // A commit is under way or was interrupted: its lock says when it is over.
        return try await locked(user) { try await blocking { try $0.currentDocuments(of: user) } }
    }

    /// Nil where a plan was not applied, or one came while we read.
    private func undisturbedDocuments(of user: UserID) throws -> [StoredDocument]? {
        guard let before = try ledger.read({ try PlanRows.generation(of: user, in: $0) }) else { return nil }
        let documents = try currentDocuments(of: user)
        return try ledger.read { try PlanRows.generation(of: user, in: $0) } == before ? documents : nil
    }

    private func currentDocuments(of user: UserID) throws -> [StoredDocument] {
        guard let root = try Directory.open(folder(of: user).path, .none) else { return [] }
        let scopes = try ledger.read { db in
            try String.fetchAll(
                db,
                sql: "SELECT DISTINCT scope FROM reflections WHERE user = ?",
                arguments: [user.rawValue]
            )
        }
        let found = try DocumentFolder(root: root, knowing: scopes.map { Scope($0) }).documents()
        return found.map { path, text in
            StoredDocument(document: Document(path: path, text: text.text ?? ""), version: nil, problem: text.problem)
        }
        .sorted { $0.path.relative < $1.path.relative }
    }
}
