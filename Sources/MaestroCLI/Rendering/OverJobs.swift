// SPDX-License-Identifier: Apache-2.0
import Maestro

extension JobState {
    /// Whether nobody will reflect on such a job before a person brings it back.
    var isOver: Bool { self == .dead || self == .cancelled }
}

/// Jobs that are dead or cancelled, met where somebody hands their transcripts over once more.
enum OverJobs {
    /// What to do about them, if there are any; `sameUser` is what a command needs to mean their user.
    static func remarks(_ jobs: [Job.ID], sameUser: String) -> [String] {
        guard let first = jobs.first else { return [] }
        let which = jobs.count == 1 ? "`\(first)` is" : "\(jobs.count) of them, as `\(first)`, are"
        let stay = "stay\(jobs.count == 1 ? "s" : "") so"
        return ["\(which) dead or cancelled, and \(stay); maestro retry ID\(sameUser) brings back a job"]
    }
}
