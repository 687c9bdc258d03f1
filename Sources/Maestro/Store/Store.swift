// SPDX-License-Identifier: Apache-2.0

/// Where jobs, documents and history live.
///
/// Two implementations keep the same promises and run one conformance suite (`MaestroTesting`): `LocalStore` (SQLite and
/// the user's folder) and, for many machines, PostgreSQL. A call that throws has changed nothing, except where its
/// comment says otherwise. Every call honours cancellation until its commit point.
package protocol Store: JobStore, DocumentStore, HistoryStore {}

/// The queue: what is to be reflected on, and who works on it.
package protocol JobStore: Sendable {
    /// Keeps a finished job and its (redacted) activity, queued.
    ///
    /// Idempotent by (user, job id): a second call changes nothing and answers with what exists.
    func submit(_ job: Job, _ activity: Activity) async throws -> Submission

    /// Claims that very job for this process.
    ///
    /// Takes over from a holder that is dead (its process lock is free) or whose lease ran out. A dead or cancelled job
    /// is brought back: asking for it by name is a retry. At most one running job per user.
    func claim(_ job: Job.ID, of user: UserID) async throws -> ClaimResult

    /// Extends the lease.
    ///
    /// Throws ``StoreError/leaseLost`` when it went to another process.
    func renew(_ claim: Claim) async throws

    /// Ends the job without a commit: `failed` (job dead) or `cancelled`, with its metric row.
    ///
    /// Repeating it changes nothing. Throws ``StoreError/leaseLost`` when another process holds the job.
    func end(_ claim: Claim, as outcome: Reflection.Outcome, error: String, report: Report) async throws -> Receipt
}

/// A user's documents, and the one way they change.
package protocol DocumentStore: Sendable {
    /// The user's documents as they stand, after any interrupted plan was finished.
    func state(of user: UserID, in scope: Scope) async throws -> UserState

    /// Commits the decisions of one reflection, all or nothing.
    ///
    /// Under the user's lock: finishes interrupted plans, reads the state of this moment (and `request.paths`), asks
    /// `decide`, and writes reflection, changes, plan, metric row and the end of the job in one transaction. Then the
    /// plan is applied to the files; an interruption from there on is repaired by the next call for this user.
    /// Repeating a call with the same reflection id changes nothing and returns the first receipt.
    /// - Throws: ``StoreError/leaseLost`` when the request's claim went to another process; what `decide` throws.
    func commit(
        _ request: CommitRequest,
        decide: @Sendable (UserState) throws -> Judgement
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
    /// Durable before it returns.
    ///
    /// A second reply for the same reflection replaces the first (the one re-ask).
    func keep(_ reply: StoredReply, for reflection: Reflection.ID) async throws
    /// Adds a row; also for asks that failed.
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
