// SPDX-License-Identifier: Apache-2.0
#if Postgres
import Foundation
import Maestro

/// Questions about a user's changes as statements; `$1` is the user.
extension ChangeTable {
    /// With the reflections that they belong to, oldest first.
    static let waiting = """
        SELECT changes.* FROM changes JOIN reflections ON reflections.id = changes.reflection
        WHERE changes.user_id = $1 AND verdict = 'waiting'
        ORDER BY reflections.created_at, reflections.number, ordinal
        """

    /// Adds of projects' facts that wait only because one job alone says them.
    static let unconfirmed = """
        SELECT changes.*, reflections.job AS job FROM changes JOIN reflections ON reflections.id = changes.reflection
        WHERE changes.user_id = $1 AND verdict = 'waiting' AND code = 'untrusted_evidence' AND op = 'add'
            AND reflections.job IS NOT NULL
        ORDER BY reflections.created_at, reflections.number, ordinal
        """

    static func unconfirmed(of row: Answer.Row) throws -> UserState.Unconfirmed? {
        let decision = try decision(of: row, writes: [])
        guard case .memory(let change)? = decision.proposed?.change, let type = change.type,
            type == .project || type == .reference
        else { return nil }
        return UserState.Unconfirmed(
            change: "\(ChangeID(Reflection.ID(try row.value("reflection")), decision.ordinal))",
            job: Job.ID(try row.value("job")),
            scope: decision.scope ?? .global,
            type: type,
            description: change.description,
            body: change.body,
            evidence: decision.evidence
        )
    }

    /// When each piece was last edited by a reflection on a job, without edits that were taken back.
    static let pieceEdits = """
        SELECT name, max(COALESCE(resolved_at, created_at)) AS at
        FROM changes JOIN reflections ON reflections.id = changes.reflection
        WHERE changes.user_id = $1 AND op = 'piece_edit' AND verdict = 'accepted' AND kind = 'job'
            AND reverted_by IS NULL
        GROUP BY name
        """

    static let confirmations = """
        SELECT name, scope, count(*) AS count FROM changes
        WHERE user_id = $1 AND op = 'confirm' AND verdict = 'accepted' AND reverted_by IS NULL GROUP BY name, scope
        """

    static func confirmations(of rows: [Answer.Row]) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for row in rows {
            guard let name = EntryName(try row.value("name")) else { continue }
            let scope: String? = try row.optional("scope")
            let path = DocumentPath.entry(Scope(scope ?? "global"), stem: name).relative
            counts[path, default: 0] += try row.value("count")
        }
        return counts
    }

    /// Of one user, or of all where `$1` is NULL.
    static let codeCounts = """
        SELECT code, count(*) AS count FROM changes JOIN reflections ON reflections.id = changes.reflection
        WHERE kind = 'job' AND code IS NOT NULL AND verdict IN ('rejected', 'waiting')
            AND ($1::text IS NULL OR changes.user_id = $1) GROUP BY code
        """
}
#endif
