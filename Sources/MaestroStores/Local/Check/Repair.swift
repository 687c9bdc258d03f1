// SPDX-License-Identifier: Apache-2.0
import Maestro

/// One thing that a repair does.
///
/// None loses a byte that a person may have saved, and each changes nothing the second time.
enum Repair: Sendable, Hashable {
    /// Carries out every plan of the user that is not applied.
    case finishPlans
    /// Writes the index file anew: these older lines, then the database's. What stood there is kept aside where it says
    /// more.
    case rewriteIndex(older: [String])
    /// Writes index and snapshots anew.
    case rewriteReflections
    /// Writes a snapshot anew; what stood there is kept aside where it holds more.
    case rewriteSnapshot(Reflection.ID, keepsOld: Bool)
    /// Moves a file or folder out of the way, to where a person finds it.
    case setAside(folders: [String], name: String)
    /// Removes a file or folder of ours whose bytes the database has.
    case remove(folders: [String], name: String)
    /// Puts a running job that nobody works on back into the queue.
    case putBack(Job.ID)
    /// Ends a job whose reflection was committed.
    case end(Job.ID)
    /// Writes the metric row of a reflection.
    case writeMetric(Reflection.ID)
    /// Removes a metric row that belongs to no job.
    case removeMetric(Reflection.ID)
    /// Erases the text of a reply.
    case eraseReply(Reflection.ID)
    /// Adds the row of the user.
    case register
    /// Removes the lock files of processes that died.
    case sweepProcesses
    /// Makes an empty database.
    case makeDatabase

    /// What was done, for people.
    var sentence: String {
        switch self {
        case .finishPlans: "finished the plan: files, snapshot, index line and mark"
        case .rewriteIndex: "wrote the index anew from the database"
        case .rewriteReflections: "wrote index and snapshots anew from the database"
        case .rewriteSnapshot(_, keepsOld: false): "wrote the snapshot anew from the database"
        case .rewriteSnapshot: "wrote the snapshot anew from the database; what stood there lies in `reflections/kept`"
        case .setAside: "moved it to `reflections/kept`"
        case .remove: "removed it: the database has all that it held"
        case .putBack: "put the job back, as a worker would have"
        case .end: "marked the job as done"
        case .writeMetric: "wrote the metric row from the reflection"
        case .removeMetric: "removed the row"
        case .eraseReply: "erased the text"
        case .register: "added the user's row"
        case .sweepProcesses: "removed what their processes left"
        case .makeDatabase: "made an empty database; the next commit continues the index on disk"
        }
    }
}
