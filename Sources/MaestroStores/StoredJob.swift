// SPDX-License-Identifier: Apache-2.0
import Maestro

/// A job as its row's text says; where nobody can read that, as much of it as its key says.
///
/// So one row stops no query and no other job: it is listed, and who claims it ends it.
struct StoredJob: Sendable {
    let job: Job
    /// False where the text is damaged, or a newer version of Maestro wrote it.
    let isReadable: Bool

    init(_ text: String, user: String, id: String, scope: String) {
        let read = JSONText.readable(Job.self, in: text)
        job = read ?? Job(id: Job.ID(id), user: UserID(user), scope: Scope(scope))
        isReadable = read != nil
    }
}

/// A claimed job that this version can do nothing with.
struct UnreadableJob: Error {
    /// How it ends.
    let sentence: String

    static let row = UnreadableJob(
        sentence:
            "its row cannot be read: it is damaged, or of a newer version of Maestro, which can `maestro retry` it"
    )
    static func error(_ job: Job.ID) -> StoreError {
        .unusable(
            "the row of job `\(job)` cannot be read: it is damaged, or of a newer version of Maestro; nothing was changed",
            hint: "use the newest version that works on this store"
        )
    }

    static let activity = UnreadableJob(
        sentence: "its activity cannot be read; submit its transcript again, then `maestro retry` it"
    )
}
