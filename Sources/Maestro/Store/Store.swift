// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Where jobs, documents and history live.
///
/// Two implementations keep the same promises and run one conformance suite (`MaestroTesting`): `LocalStore` (SQLite and
/// the user's folder) and, for many machines, PostgreSQL. A call that throws has changed nothing, except where its
/// comment says otherwise. Every call honours cancellation until its commit point.
package protocol Store: JobStore, DocumentStore, HistoryStore {}

/// The queue: what is to be reflected on, and who works on it.
///
/// Every change of a running job is guarded by state, attempt and lease token: a worker that lost its lease can change
/// nothing.
package protocol JobStore: Sendable {
    /// Keeps finished jobs and their (redacted) activities, queued; all of them or none.
    ///
    /// Idempotent by (user, job id): what is there is answered with what exists. A transcript that grew since replaces the
    /// shorter one where nobody has reflected on it yet; else its new events become a continuation, a job with the id
    /// `<id>#<first new event>` whose ``Job/firstNewEvent`` says what may be cited. Another transcript under a known id gets
    /// an id of its own: see ``Growth``.
    /// - Returns: one answer a job, in the order given.
    func submit(_ jobs: [FinishedJob]) async throws -> [Submission]

    /// What `submit` would answer now; changes nothing.
    func previewSubmission(of found: FinishedJob) async throws -> Submission

    /// Claims that very job for this process.
    ///
    /// Takes over from a holder that is dead (its process lock is free) or whose lease ran out. A dead or cancelled job
    /// is brought back, and neither a pause nor a later due time counts: asking for it by name is a retry. At most one
    /// running job per user.
    func claim(_ job: Job.ID, of user: UserID) async throws -> ClaimResult

    /// Claims up to `limit` due jobs for this process, each of another user: those served longest ago first.
    ///
    /// Users that have a running job or are paused are passed over. Jobs whose holder died or lost its lease are put back
    /// first, and are due at once; one that was taken over three times ends dead, with its row. Of the users with a job that
    /// was taken over twice one call gets one, and none while this process runs such a job. May answer with fewer, or none.
    func claim(upTo limit: Int) async throws -> [Claim]

    /// The jobs that calls of this process to claim have ended since it was asked last.
    func takeBurials() -> [Burial]

    /// Extends the lease, never beyond ``Claim/runUntil``.
    ///
    /// Throws ``StoreError/leaseLost`` when it went to another process or a person cancelled the job.
    func renew(_ claim: Claim) async throws

    /// Whether the claim still holds; only looks.
    func holds(_ claim: Claim) async throws -> Bool

    /// Puts the job back into the queue, with what it has cost so far kept.
    ///
    /// Throws ``StoreError/leaseLost`` when another process holds the job.
    func postpone(_ claim: Claim, _ postponement: Postponement) async throws

    /// Ends the job without a commit: `failed` (job dead) or `cancelled`, with its metric row.
    ///
    /// Repeating it changes nothing. Throws ``StoreError/leaseLost`` when another process holds the job.
    func end(_ claim: Claim, as outcome: Reflection.Outcome, error: String, report: Report) async throws -> Receipt

    /// Brings a dead or cancelled job back, or makes a waiting one due now; its failures and take-overs are forgotten.
    ///
    /// Throws ``StoreError/notFound(_:)``, or ``StoreError/wrongState(_:)`` where the job is running or done.
    func retry(_ job: Job.ID, of user: UserID) async throws

    /// Ends a queued or running job as `cancelled`, with its metric row; a running one's worker can commit nothing more.
    ///
    /// Throws ``StoreError/notFound(_:)``, or ``StoreError/wrongState(_:)`` where the job has ended.
    func cancel(_ job: Job.ID, of user: UserID) async throws

    /// Adds a pause; one for the same user is replaced.
    func pause(_ pause: Pause) async throws
    /// Takes the pause of `user` back (nil: the one of all users); false where there was none.
    func resume(_ user: UserID?) async throws -> Bool
    /// The pauses in force.
    func pauses() async throws -> [Pause]

    func jobs(_ query: JobQuery) async throws -> [QueuedJob]
    /// Nil: of all users.
    func backlog(of user: UserID?) async throws -> Backlog

    /// Calls `ring` when another process may have queued a job, for as long as the task runs.
    ///
    /// A hint, which may come for nothing, late or never: whoever waits for jobs looks at the queue by itself as well. A
    /// store that has no such hints returns at once.
    func watchQueue(_ ring: @escaping @Sendable () -> Void) async

    /// Makes this process known as a worker for as long as it lives.
    func registerWorker() async throws
    /// Takes that back; doing it twice changes nothing.
    func resignWorker() async throws
    /// The workers that live now, of all processes.
    func workers() async throws -> [WorkerStatus]

    /// Forgets the activities of jobs that ended, and were last submitted, before `moment`; of dead and cancelled jobs also what
    /// a model replied.
    ///
    /// Not where a change still waits for a person. Changes, rows and snapshots stay. At most `limit` a call; the answer says how many.
    func forgetActivities(endedBefore moment: Date, atMost limit: Int) async throws -> Int

    /// This process is about to end: from now on a call that fails because the store is away is tried again for two seconds
    /// only.
    func hurry()

    /// Finishes the commits, of all users, whose process died after the commit point: their jobs are done, so no claim
    /// leads there.
    ///
    /// One that a living process is at work on is left to it. Doing it twice changes nothing.
    func finishInterrupted() async throws
    /// Makes the snapshots durable that commits left to be synced together; a store that leaves none does nothing.
    ///
    /// Slow, and nothing waits for it: what the power takes before is written anew from the database.
    func syncSnapshots() async throws
}

extension JobStore {
    package func watchQueue(_ ring: @escaping @Sendable () -> Void) async {}

    /// A store whose whole commit is one transaction has nothing to finish.
    package func finishInterrupted() async throws {}
    package func syncSnapshots() async throws {}
    /// A store on this machine is not away.
    package func hurry() {}

    package func submit(_ job: Job, _ activity: Activity) async throws -> Submission {
        try await submit(FinishedJob(job: job, activity: activity))
    }

    package func submit(_ found: FinishedJob) async throws -> Submission {
        guard let submission = try await submit([found]).first else {
            preconditionFailure("a store answers every job that is submitted")
        }
        return submission
    }
}

/// A user's documents, and the one way they change.
package protocol DocumentStore: Sendable {
    /// The user's documents as they stand, after any interrupted plan was finished.
    func state(of user: UserID, in scope: Scope) async throws -> UserState

    /// Everything that the user has: entries of all scopes, index files and own pieces, as they stand at one moment.
    ///
    /// In the order of their paths; empty where nobody knows the user. Also texts that do not parse.
    func documents(of user: UserID) async throws -> [StoredDocument]

    /// Commits the decisions of one reflection, all or nothing.
    ///
    /// Under the user's lock: finishes interrupted plans, reads the state of this moment (and `request.paths`), asks
    /// `decide`, and writes reflection, changes, plan, metric row and the end of the job in one transaction. Then the
    /// plan is applied to the files; an interruption from there on is repaired by the next call for this user.
    /// Repeating a call with the same reflection id changes nothing and returns the first receipt.
    /// - Throws: ``StoreError/leaseLost`` when the request's claim went to another process; what `decide` throws.
    func commit(
        _ request: CommitRequest,
        decide: @escaping @Sendable (UserState) throws -> Judgement
    ) async throws -> Receipt

    /// Settles one waiting change under its own reflection, on the state of this moment.
    ///
    /// `decide` gets the decision as it waits and what its reply was built from; the decision it returns replaces the
    /// waiting one (a `waiting` verdict changes nothing). Throws ``StoreError/notWaiting`` where it does not wait.
    func settle(
        _ change: ChangeID,
        of user: UserID,
        resolver: String,
        reason: String?,
        decide: @Sendable (Decision, Base, UserState) throws -> Decision
    ) async throws -> Receipt
}

/// What happened: queries, and the few rows that are written outside a commit.
package protocol HistoryStore: Sendable {
    func storedReply(for reflection: Reflection.ID) async throws -> StoredReply?
    /// Keeps a reply together with what asking for it cost, in one transaction; durable before it returns.
    ///
    /// A second reply for the same reflection replaces the first (the one re-ask); attempts add up. Where somebody else has
    /// claimed the job since, only the attempt is kept: that one's reply, or what was decided on it, stands.
    func keep(_ reply: StoredReply, for claim: Claim, costing attempt: Attempt) async throws
    /// Adds the row of an ask that brought no reply.
    func record(_ attempt: Attempt) async throws

    /// Newest first.
    func reflections(_ query: HistoryQuery) async throws -> [Reflection]
    /// All reflections whose id starts with `prefix`; `last` is the newest of the user.
    func reflections(withPrefix prefix: String, of user: UserID) async throws -> [Reflection]
    /// The receipt as it stands now: waiting changes that were settled show their verdict.
    func receipt(for reflection: Reflection.ID, of user: UserID) async throws -> Receipt?
    /// What the commits of a reflection did to documents, in order, without index files.
    func operations(of reflection: Reflection.ID, user: UserID) async throws -> [AppliedOperation]
    /// The job as it was submitted; nil where there is none.
    func job(_ job: Job.ID, user: UserID) async throws -> Job?
    /// The activity that a reflection learned from; nil where it is not kept any more.
    func activity(of job: Job.ID, user: UserID) async throws -> Activity?
    /// Everything that waits, oldest first.
    func waiting(of user: UserID) async throws -> [WaitingChange]
    /// Who last wrote each live entry or piece: the reflection whose `after` it still equals; absent: the folder.
    func authors(of user: UserID) async throws -> [DocumentPath: Reflection.ID]
    /// How often each entry was said again (`confirm`), by relative path.
    func confirmations(of user: UserID) async throws -> [String: Int]

    /// Records who was told what.
    func record(_ recall: RecallRecord) async throws
    /// One row per reflection, however it ended.
    ///
    /// Newest first.
    func metrics(of user: UserID?) async throws -> [Metric]
    /// Rejected and waiting decisions by code, of reflections of kind `job`.
    func codeCounts(of user: UserID?) async throws -> [Rejection: Int]
    /// Users that have a folder or a row.
    func users() async throws -> [UserID]
    /// One finding a line about the store itself: versions, modes, folders, what is not right.
    func diagnose(_ user: UserID) async throws -> [Finding]
}
