// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Judges a user's jobs, and what every one of them must have left.
struct JobCheck: Sendable {
    let user: UserID
    let history: HistoryFacts
    let keepsReplies: Bool

    var findings: [Judged] {
        let running = history.jobs.filter { $0.state == .running }
        var all: [Judged] = []
        if running.count > 1 {
            let text =
                "\(running.count) jobs of this user are running: \(running.map(\.id.rawValue).joined(separator: ", "))"
            all.append(judged(.runningTwice, at: "jobs", text, mend: "stop all workers, then `maestro fsck --repair`"))
        }
        return all + history.jobs.flatMap(findings(of:)) + strays
    }

    private func findings(of job: HistoryFacts.JobFacts) -> [Judged] {
        var all: [Judged] = []
        if !job.hasUser {
            let text = "its user has no row, so that no worker would claim it"
            all.append(judged(.jobWithoutUser, job, text, mend: "`--repair` adds the row", by: .register))
        }
        switch job.state {
        case .queued, .running:
            if let found = committed(job) ?? unheld(job) { all.append(found) }
        case .done, .dead, .cancelled: all += ended(job)
        }
        return all
    }

    // MARK: - In the queue

    private func committed(_ job: HistoryFacts.JobFacts) -> Judged? {
        guard let outcome = job.outcome, outcome.isCommit else { return nil }
        return judged(
            .jobNotEnded,
            job,
            "its reflection \(job.reflection) was committed (\(outcome.rawValue)) and the job is still \(job.state.rawValue)",
            mend: "`--repair` marks it as done",
            by: .end(job.id)
        )
    }

    private func unheld(_ job: HistoryFacts.JobFacts) -> Judged? {
        guard job.state == .running else { return nil }
        guard job.worker != nil, job.isHolderAlive else {
            return judged(
                .jobWithoutHolder,
                job,
                job.worker != nil ? "the process that worked on it has ended" : "it is running without lease or holder",
                mend: "`--repair` puts it back into the queue, and so does the next worker",
                by: .putBack(job.id)
            )
        }
        guard let until = job.leasedUntil, until <= history.moment else { return nil }
        return judged(
            .leaseOver,
            job,
            "its lease ran out, and the process that holds it lives: paused, or very slow",
            mend: "the next worker takes it over"
        )
    }

    // MARK: - Ended

    private func ended(_ job: HistoryFacts.JobFacts) -> [Judged] {
        var all: [Judged] = []
        if job.outcome.map(job.state.fits) != true {
            let what = job.outcome.map { "its reflection says `\($0.rawValue)`" } ?? "it has no reflection"
            let mend =
                job.state == .done
                ? "bring the database back from a backup, or submit the job under another id"
                : "`maestro retry \(job.id)` brings it back"
            all.append(judged(.jobWithoutReflection, job, "it is \(job.state.rawValue), and \(what)", mend: mend))
        } else if !job.hasMetric {
            all.append(
                judged(
                    .metricMissing,
                    job,
                    "it ended without its metric row",
                    mend: "`--repair` writes it from the reflection",
                    by: .writeMetric(job.reflection)
                )
            )
        }
        if job.state == .done, job.attempt < 1 {
            let text = "it is done and was never claimed"
            all.append(judged(.attemptsInconsistent, job, text, mend: "nothing is lost; please report it"))
        }
        return all + reply(of: job)
    }

    private func reply(of job: HistoryFacts.JobFacts) -> [Judged] {
        guard job.state == .done, job.hasReplyText, !keepsReplies else { return [] }
        guard !job.keptReply else {
            let text = "the text of its reply is kept, because `storeLlmRaw` was set"
            return [judged(.replyKept, job, text, mend: CheckFinding.nothingToDo)]
        }
        return [
            judged(
                .replyNotErased,
                job,
                "the text of its reply should have been erased in the commit",
                mend: "`--repair` erases it",
                by: .eraseReply(job.reflection)
            )
        ]
    }

    // MARK: - Rows that belong to nothing

    private var strays: [Judged] {
        history.jobless.map {
            judged(
                .reflectionWithoutJob,
                at: "reflection \($0)",
                "no job has it: a second reflection on the same job, or its job is gone",
                mend: "`maestro show \($0)` shows it; `maestro revert \($0)` takes it back"
            )
        }
            + history.strayMetrics.map {
                judged(
                    .metricWithoutJob,
                    at: "reflection \($0)",
                    "no job has this metric row, so it counts twice or for nothing",
                    mend: "`--repair` removes the row",
                    by: .removeMetric($0)
                )
            }
            + history.strayChanges.map {
                judged(
                    .changeWithoutReflection,
                    at: "reflection \($0)",
                    "changes name it, and it is not there",
                    mend: "bring the database back from a backup; documents are unharmed"
                )
            }
    }

    private func judged(
        _ code: CheckCode,
        _ job: HistoryFacts.JobFacts,
        _ message: String,
        mend: String,
        by repair: Repair? = nil
    ) -> Judged {
        judged(code, at: "job \(job.id)", message, mend: mend, by: repair)
    }

    private func judged(
        _ code: CheckCode,
        at place: String,
        _ message: String,
        mend: String,
        by repair: Repair? = nil
    ) -> Judged {
        Judged(code, user: user, at: place, message, mend: mend, by: repair)
    }
}

extension Reflection.Outcome {
    /// Whether it came of a commit.
    fileprivate var isCommit: Bool { self != .failed && self != .cancelled }
}

extension JobState {
    /// Whether a job that ended so may have a reflection with this outcome.
    fileprivate func fits(_ outcome: Reflection.Outcome) -> Bool {
        switch self {
        case .done: outcome.isCommit
        case .dead: outcome == .failed
        case .cancelled: outcome == .cancelled
        case .queued, .running: true
        }
    }
}
