// SPDX-License-Identifier: Apache-2.0

/// Everything that `fsck` can find.
///
/// Each has a stable code, a level, one sentence for people, and a test.
package enum CheckCode: String, Sendable, Codable, CaseIterable {
    // The data folder and its database.
    case dataMissing = "data_missing"
    case databaseMissing = "database_missing"
    case databaseUnusable = "database_unusable"
    case databaseDamaged = "database_damaged"
    case foreignKeyBroken = "foreign_key_broken"
    case schemaDiffers = "schema_differs"
    case databaseVersions = "database_versions"
    case logSize = "log_size"
    case permissionsOpen = "permissions_open"
    case processGone = "process_gone"
    case strayUserFolder = "stray_user_folder"
    // A user as a whole.
    case checkFailed = "check_failed"
    case userBusy = "user_busy"
    case userWithoutRow = "user_without_row"
    case userWithoutFolder = "user_without_folder"
    // Commits and their files.
    case planUnapplied = "plan_unapplied"
    case planInProgress = "plan_in_progress"
    case commitWithoutPlan = "commit_without_plan"
    case temporaryFile = "temporary_file"
    case keptAside = "kept_aside"
    case documentEdited = "document_edited"
    case documentPutBack = "document_put_back"
    // The index.
    case chainBroken = "chain_broken"
    case indexMissing = "index_missing"
    case indexTorn = "index_torn"
    case indexShort = "index_short"
    case indexEdited = "index_edited"
    case indexLonger = "index_longer"
    case indexOlderBroken = "index_older_broken"
    case indexOlderGone = "index_older_gone"
    case indexOlder = "index_older"
    // Snapshots.
    case reflectionsMissing = "reflections_missing"
    case snapshotMissing = "snapshot_missing"
    case snapshotDiffers = "snapshot_differs"
    case snapshotUnknown = "snapshot_unknown"
    case snapshotOlder = "snapshot_older"
    case strayFile = "stray_file"
    // The queue and what its jobs left.
    case jobWithoutHolder = "job_without_holder"
    case leaseOver = "lease_over"
    case runningTwice = "running_twice"
    case jobNotEnded = "job_not_ended"
    case jobWithoutReflection = "job_without_reflection"
    case jobWithoutUser = "job_without_user"
    case reflectionWithoutJob = "reflection_without_job"
    case metricMissing = "metric_missing"
    case metricWithoutJob = "metric_without_job"
    case replyNotErased = "reply_not_erased"
    case replyKept = "reply_kept"
    case attemptsInconsistent = "attempts_inconsistent"
    case changeWithoutReflection = "change_without_reflection"

    package var level: CheckFinding.Level {
        switch self {
        case .dataMissing, .databaseVersions, .logSize, .permissionsOpen, .processGone, .strayUserFolder, .userBusy,
            .userWithoutRow, .userWithoutFolder, .planInProgress, .keptAside, .documentEdited, .documentPutBack,
            .indexOlder, .indexOlderGone, .snapshotOlder, .strayFile, .leaseOver, .replyKept:
            .information
        default: .wrong
        }
    }

    /// What it means, in general.
    package var sentence: String {
        switch self {
        case .dataMissing: "there is no data folder yet"
        case .databaseMissing: "the database is gone: history and queue with it, the files are unharmed"
        case .databaseUnusable: "the database cannot be opened; the files are unharmed"
        case .databaseDamaged: "SQLite finds damage inside the database; the files are unharmed"
        case .foreignKeyBroken: "a row names another row that is not there"
        case .schemaDiffers: "a table or index of the database is not as this version made it"
        case .databaseVersions: "the versions of SQLite and of the schema"
        case .logSize: "the size of the database's log"
        case .permissionsOpen: "others than the owner may look into a folder"
        case .processGone: "the lock file of a process that died"
        case .strayUserFolder: "a folder beside the users' that is none"
        case .checkFailed: "something could not be looked at"
        case .userBusy: "another process held the user's lock, so only the database was looked at"
        case .userWithoutRow: "a user's folder that the database does not know"
        case .userWithoutFolder: "a user that the database knows and that has no folder"
        case .planUnapplied: "a commit that was interrupted before its files, copies or mark were complete"
        case .planInProgress: "a commit that another process carries out at this moment"
        case .commitWithoutPlan: "a reflection was committed without plan or index line"
        case .temporaryFile: "a temporary file or folder of ours that no plan needs"
        case .keptAside: "what a person saved in the instant of a commit, or what a repair moved aside"
        case .documentEdited: "a document was edited, made or removed since the last reflection wrote it"
        case .documentPutBack: "a document stands as it was before the last reflection wrote it"
        case .chainBroken: "the database's own chain of index lines is broken"
        case .indexMissing: "the index file is gone"
        case .indexTorn: "the last line of the index file was cut off"
        case .indexShort: "lines at the end of the index file are missing"
        case .indexEdited: "a line of the index file was changed, moved or taken out"
        case .indexLonger: "the index file has lines that the database does not know"
        case .indexOlderBroken: "lines of the index file from before the database were changed"
        case .indexOlderGone: "the index lines from before the database are gone"
        case .indexOlder: "index lines that are older than the database"
        case .reflectionsMissing: "the folder of index and snapshots is gone"
        case .snapshotMissing: "a reflection's snapshot is gone"
        case .snapshotDiffers: "a snapshot is not what the database says"
        case .snapshotUnknown: "a snapshot of a reflection that nobody knows"
        case .snapshotOlder: "snapshots that are older than the database"
        case .strayFile: "something in the reflections folder that is not ours"
        case .jobWithoutHolder: "a running job that nobody works on"
        case .leaseOver: "a running job whose lease ran out while its process lives"
        case .runningTwice: "two running jobs of one user"
        case .jobNotEnded: "a job that was committed and is still in the queue"
        case .jobWithoutReflection: "a job that ended without the reflection that says how"
        case .jobWithoutUser: "a job whose user has no row, so that no worker would claim it"
        case .reflectionWithoutJob: "a reflection on a job that the queue does not know, or a second one on the same"
        case .metricMissing: "a job that ended without its metric row"
        case .metricWithoutJob: "a metric row of no job, or a second one of the same"
        case .replyNotErased: "the text of a reply outlived its commit"
        case .replyKept: "the text of a reply was kept because `storeLlmRaw` was set"
        case .attemptsInconsistent: "attempts and jobs do not agree"
        case .changeWithoutReflection: "a change that belongs to no reflection"
        }
    }
}
