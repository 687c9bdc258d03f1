// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// A transcript and its continuations, which are jobs of their own.
///
/// Their ids: `<id>`, then `<id>#<first new event>` for each.
enum GrowthRows {
    /// The newest job of the transcript `id`; nil where it is not known.
    static func newest(of id: Job.ID, user: UserID, in db: Database) throws -> JobRows.Standing? {
        // `$` is the character after `#`: the range is what starts with `<id>#`.
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM jobs WHERE user = ? AND (id = ? OR (id > ? AND id < ?))"),
            arguments: [user.rawValue, id.rawValue, "\(id)#", "\(id)$"]
        )
        let chain = try rows.map(JobRows.standing(of:)).filter { $0.job.id == id || isContinuation($0.job, of: id) }
        guard chain.contains(where: { $0.job.id == id }) else { return nil }
        return chain.max { ($0.job.firstNewEvent ?? 0) < ($1.job.firstNewEvent ?? 0) }
    }

    /// The longest of the jobs that the transcript was known as while it was shorter; nil where there is none, or it is known
    /// as it stands.
    static func longest(of found: FinishedJob, in db: Database) throws -> Job.ID? {
        guard !found.earlierIDs.isEmpty else { return nil }
        let id = try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT id FROM jobs WHERE user = ?1
                        AND id IN (SELECT value FROM json_each(?2) UNION ALL SELECT ?3)
                    ORDER BY id = ?3 DESC, events DESC LIMIT 1
                    """
            ),
            arguments: [
                found.job.user.rawValue, try JSONText.encoding(found.earlierIDs.map(\.rawValue)), found.job.id.rawValue,
            ]
        )
        return id.map { Job.ID($0) }
    }

    /// Not where a source happens to give such an id by itself.
    private static func isContinuation(_ job: Job, of id: Job.ID) -> Bool {
        guard let first = job.firstNewEvent else { return false }
        return job.id.rawValue == "\(id)#\(first)"
    }
}
