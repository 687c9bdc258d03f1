// SPDX-License-Identifier: Apache-2.0
import Maestro

/// Judges what was found of one user: pure.
struct UserCheck: Sendable {
    let inspection: UserInspection

    init(_ inspection: UserInspection) { self.inspection = inspection }

    private var user: UserID { inspection.user }

    /// What is wrong stands before what is only worth knowing.
    var findings: [Judged] {
        var all = commits
        if let history = inspection.history {
            all += JobCheck(user: user, history: history, keepsReplies: inspection.keepsReplies).findings
        }
        if let folder = inspection.folder { all += FolderCheck(inspection, folder).findings }
        return all.filter { $0.finding.level == .wrong } + all.filter { $0.finding.level == .information }
    }

    private var commits: [Judged] {
        guard let history = inspection.history else { return [] }
        var all: [Judged] = []
        if let holder = inspection.holder {
            all.append(
                Judged(
                    .userBusy,
                    user: user,
                    at: "users/\(user.folderName)",
                    "\(holder); only the database was looked at",
                    mend: "run it again when the other is done"
                )
            )
        }
        all += history.pending.map(interrupted)
        all += history.uncommitted.map {
            Judged(
                .commitWithoutPlan,
                user: user,
                at: "reflection \($0)",
                "it was committed without a plan or without its index line",
                mend: "bring the database back from a backup; documents and other reflections are unharmed"
            )
        }
        if inspection.folder == nil, let place = IndexLine.firstBreak(in: history.lines) {
            all.append(IndexCheck.brokenChain(of: user, at: place))
        }
        return all
    }

    private func interrupted(_ plan: HistoryFacts.Pending) -> Judged {
        let documents = plan.paths.isEmpty ? "no document" : plan.paths.map { "`\($0)`" }.joined(separator: ", ")
        guard inspection.holder == nil else {
            return Judged(
                .planInProgress,
                user: user,
                at: "reflection \(plan.reflection)",
                "another process is writing it: \(documents)",
                mend: CheckFinding.nothingToDo
            )
        }
        return Judged(
            .planUnapplied,
            user: user,
            at: "reflection \(plan.reflection)",
            plan.isSnapshotInDoubt
                ? "the system went down before its snapshot was safe on the disk; the database has all of it"
                : "its commit was interrupted; the database has the whole plan: \(documents)",
            mend: "`--repair` finishes it, and so does the next command that uses this user's folder",
            by: .finishPlans
        )
    }
}
