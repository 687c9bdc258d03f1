// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// What was found of one user, in the database and in the folder: read at one moment under the user's lock, judged by
/// ``UserCheck``.
struct UserInspection: Sendable {
    let user: UserID
    /// Nil where there is no database to ask.
    var history: HistoryFacts?
    /// Nil where another process held the lock: the folder may be half of one state and half of the next.
    var folder: FolderFacts?
    /// Who held the lock, in a sentence; nil: we did.
    var holder: String?
    /// Whether the text of replies is to be kept, by the settings of now.
    var keepsReplies = false
}

/// What the database has of one user.
struct HistoryFacts: Sendable {
    /// A plan that is not marked applied, or whose snapshot is in doubt.
    struct Pending: Sendable, Hashable {
        var reflection: Reflection.ID
        var paths: [String]
        /// Only the snapshot is missing: the power failed before it was durable.
        var isSnapshotInDoubt = false
    }

    /// Where a document should stand as a reflection left it.
    struct LastWrite: Sendable, Hashable {
        var path: DocumentPath
        var reflection: Reflection.ID
        /// Hash of the text before and after; nil: none.
        var before: String?
        var after: String?
    }

    /// A job that runs or ended, with what belongs to it.
    struct JobFacts: Sendable, Hashable {
        var id: Job.ID
        var reflection: Reflection.ID
        var state: JobState
        var attempt = 1
        /// The process that has it; nil where lease, holder or token is missing.
        var worker: String? = ""
        /// Whether that process lives.
        var isHolderAlive = true
        var leasedUntil: Date?
        var hasUser = true
        /// Nil: there is no reflection row.
        var outcome: Reflection.Outcome?
        var hasMetric = true
        var hasReplyText = false
        /// Whether the index line of its commit has the reply: it was to be kept then.
        var keptReply = false
    }

    var isRegistered = true
    var lines: [String] = []
    var pending: [Pending] = []
    /// Reflections whose snapshot a pending plan writes.
    var unsettled: Set<Reflection.ID> = []
    /// Reflections that have a plan, and so a snapshot.
    var committed: [Reflection.ID] = []
    /// Reflections without plan, or plans without index line.
    var uncommitted: [Reflection.ID] = []
    var writes: [LastWrite] = []
    var jobs: [JobFacts] = []
    /// Reflections of kind `job` that no job has.
    var jobless: [Reflection.ID] = []
    /// Metric rows that no job has.
    var strayMetrics: [Reflection.ID] = []
    /// Reflections that changes name and that are not there.
    var strayChanges: [Reflection.ID] = []
    /// The moment of the reading, by the store's clock.
    var moment = Date()
}

/// What stands in a user's folder.
struct FolderFacts: Sendable {
    /// A name with the mark of our temporary ones.
    struct Temporary: Sendable, Hashable {
        var folders: [String]
        var name: String
        /// The reflection that it names; nil for one of the index file.
        var reflection: Reflection.ID?
        /// Whether the database has all that it holds.
        var isKnown: Bool
    }

    /// A reflection's folder as it compares with the database.
    struct SnapshotFacts: Sendable, Hashable {
        var reflection: Reflection.ID
        /// Nil: it is not there.
        var difference: SnapshotDifference?
    }

    var exists = true
    var hasReflections = true
    var index: LiveFile = .absent
    var snapshots: [SnapshotFacts] = []
    /// Names in the reflections folder that no reflection of the database has.
    var unknownFolders: [String] = []
    var strayFiles: [String] = []
    var temporaries: [Temporary] = []
    /// By folder below the user's: how much lies there that was moved aside.
    var kept: [String: Int] = [:]
    /// Hash of what stands at the place of each last write; nil: nothing that can be read.
    var documents: [DocumentPath: String] = [:]
}
