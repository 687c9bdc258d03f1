// SPDX-License-Identifier: Apache-2.0
import Foundation
import Maestro

/// Result files of tau-bench: many jobs, each with the reward that it earned.
///
/// Only `traj`, `task_id`, `trial` and `reward` are read. `info` holds the task's answers: a job that learned from it
/// would have looked at the exam.
enum TauBenchImporter {
    static func isResult(_ value: JSONValue) -> Bool { value["traj"]?.array != nil && value["task_id"] != nil }

    static func transcripts(of results: [JSONValue], name: String) throws(TranscriptError) -> [Transcript] {
        var transcripts: [Transcript] = []
        for (index, result) in results.enumerated() {
            guard let messages = result["traj"]?.array else {
                throw .malformed(name, .tauBench, "result \(index + 1) has no `traj`")
            }
            let task = result["task_id"].flatMap { $0.string ?? $0.int.map(String.init) } ?? "\(index)"
            let trial = result["trial"]?.int ?? 0
            let outcome: JobOutcome =
                switch result["reward"]?.double {
                case let reward? where reward >= 1: JobOutcome(.succeeded)
                case .some: JobOutcome(.failed)
                case nil: .unknown
                }
            let activity = OpenAIChatImporter.events(of: messages).activity(.tauBench)
            transcripts.append(
                Transcript(
                    // Every file has the same tasks and trials, of another domain, model or day: a run has ended, so all of
                    // it may name it.
                    jobID: "tau-\(task)-\(trial)-\(activity.contentHash.hex.prefix(8))",
                    format: .tauBench,
                    outcome: outcome,
                    counterpart: .other,
                    activity: activity
                )
            )
        }
        return transcripts
    }
}
