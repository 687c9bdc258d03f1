// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import Maestro

/// A transcript and its continuations, which are jobs of their own.
///
/// Their ids: `<id>`, then `<id>#<first new event>` for each.
enum GrowthRows {
    /// All jobs of the transcript `id`; none where it is not known.
    static func chain(of id: Job.ID, user: UserID, in db: Database) throws -> [JobRows.Standing] {
        // `$` is the character after `#`: the range is what starts with `<id>#`.
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT * FROM jobs WHERE user = ? AND (id = ? OR (id > ? AND id < ?))"),
            arguments: [user.rawValue, id.rawValue, "\(id)#", "\(id)$"]
        )
        let all = try rows.map(JobRows.standing(of:))
        // Of one that cannot be read nobody can tell whether it continues this one: its id says that it may.
        let chain = all.filter { $0.job.id == id || !$0.isReadable || $0.job.isContinuation(of: id) }
        return chain.contains { $0.job.id == id } ? chain : []
    }

    /// The ids under which the transcript may be known, and jobs are: its own, then those that it had, the longest first.
    static func known(of found: FinishedJob, in db: Database) throws -> [Job.ID] {
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT jobs.id FROM json_each(?2) AS given JOIN jobs ON jobs.user = ?1 AND jobs.id = given.value
                    ORDER BY given.key DESC
                    """
            ),
            arguments: [
                found.job.user.rawValue,
                try JSONText.encoding((found.earlierIDs + [found.job.id]).map(\.rawValue)),
            ]
        ).map { Job.ID($0) }
    }
}
