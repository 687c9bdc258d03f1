// SPDX-License-Identifier: Apache-2.0
package import Foundation

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

/// What is to be committed, apart from the decisions.
package struct CommitRequest: Sendable {
    package var reflection: Reflection.ID
    package var kind: Reflection.Kind
    package var user: UserID
    package var scope: Scope
    /// The job under work; nil for reverts and a person's own words.
    package var claim: Claim?
    package var report: Report
    /// Documents to read beside those of the scope.
    package var paths: [DocumentPath]
    /// What a revert takes back.
    package var reverts: [String]

    package init(
        reflection: Reflection.ID,
        kind: Reflection.Kind,
        user: UserID,
        scope: Scope,
        claim: Claim? = nil,
        report: Report,
        paths: [DocumentPath] = [],
        reverts: [String] = []
    ) {
        self.reflection = reflection
        self.kind = kind
        self.user = user
        self.scope = scope
        self.claim = claim
        self.report = report
        self.paths = paths
        self.reverts = reverts
    }
}

/// Who reflected, and from how much.
///
/// Tokens are not here: the store sums them over the attempts.
package struct Report: Sendable, Hashable {
    package var reflector: String
    package var model: String?
    package var digest: DigestSize?
    package var notes: [String]
    /// The reply's text, kept in manifest and history only where `storeLlmRaw`; nil otherwise.
    package var llmRaw: String?
    package var startedAt: Date

    package init(
        reflector: String,
        model: String? = nil,
        digest: DigestSize? = nil,
        notes: [String] = [],
        llmRaw: String? = nil,
        startedAt: Date
    ) {
        self.reflector = reflector
        self.model = model
        self.digest = digest
        self.notes = notes
        self.llmRaw = llmRaw
        self.startedAt = startedAt
    }
}

package struct HistoryQuery: Sendable {
    package var user: UserID?
    package var kinds: Set<Reflection.Kind>
    package var since: Date?
    package var limit: Int

    package init(
        user: UserID? = nil,
        kinds: Set<Reflection.Kind> = Set(Reflection.Kind.allCases),
        since: Date? = nil,
        limit: Int = 50
    ) {
        self.user = user
        self.kinds = kinds
        self.since = since
        self.limit = limit
    }
}

/// One document as a commit left it.
package struct AppliedOperation: Hashable, Sendable, Codable {
    package var change: ChangeID
    package var write: DocumentWrite
    /// A person's edit in the same instant won; this was never live.
    package var isSuperseded: Bool
    package var at: Date

    package init(change: ChangeID, write: DocumentWrite, isSuperseded: Bool, at: Date) {
        self.change = change
        self.write = write
        self.isSuperseded = isSuperseded
        self.at = at
    }
}

/// A change that a person has not decided on.
package struct WaitingChange: Sendable {
    package var id: ChangeID
    package var decision: Decision
    package var reflection: Reflection

    package init(id: ChangeID, decision: Decision, reflection: Reflection) {
        self.id = id
        self.decision = decision
        self.reflection = reflection
    }
}

/// One recall: what an agent was told, so that later outcomes can be laid against it.
package struct RecallRecord: Sendable {
    package struct Exposure: Sendable, Hashable {
        package var path: DocumentPath
        package var hash: ContentHash
        /// 1 for the best match.
        package var rank: Int
        package var inFull: Bool

        package init(path: DocumentPath, hash: ContentHash, rank: Int, inFull: Bool) {
            self.path = path
            self.hash = hash
            self.rank = rank
            self.inFull = inFull
        }
    }

    package var id: String
    package var user: UserID
    package var scope: Scope
    package var job: Job.ID?
    package var time: Date
    package var budgetTokens: Int
    package var exposures: [Exposure]

    package init(
        id: String,
        user: UserID,
        scope: Scope,
        job: Job.ID? = nil,
        time: Date,
        budgetTokens: Int,
        exposures: [Exposure]
    ) {
        self.id = id
        self.user = user
        self.scope = scope
        self.job = job
        self.time = time
        self.budgetTokens = budgetTokens
        self.exposures = exposures
    }
}

/// The one row that every reflection job leaves.
package struct Metric: Hashable, Sendable, Codable {
    package var reflectionJob: Reflection.ID
    package var job: Job.ID
    package var user: UserID
    package var piece: String?
    package var outcome: Reflection.Outcome
    package var memoryChanges: Int
    package var pieceEdited: Bool
    /// Sums over all asks; nil: unknown.
    package var tokensIn: Int?
    package var tokensOut: Int?
    package var durationMilliseconds: Int
    package var at: Date

    package init(
        reflectionJob: Reflection.ID,
        job: Job.ID,
        user: UserID,
        piece: String?,
        outcome: Reflection.Outcome,
        memoryChanges: Int,
        pieceEdited: Bool,
        tokensIn: Int?,
        tokensOut: Int?,
        durationMilliseconds: Int,
        at: Date
    ) {
        self.reflectionJob = reflectionJob
        self.job = job
        self.user = user
        self.piece = piece
        self.outcome = outcome
        self.memoryChanges = memoryChanges
        self.pieceEdited = pieceEdited
        self.tokensIn = tokensIn
        self.tokensOut = tokensOut
        self.durationMilliseconds = durationMilliseconds
        self.at = at
    }
}

/// One line of `doctor`.
package struct Finding: Sendable, Hashable, Codable {
    package enum Level: String, Sendable, Codable { case good, note, problem }

    package var level: Level
    package var subject: String
    package var text: String
    /// What to do about a problem.
    package var hint: String?

    package init(_ level: Level, _ subject: String, _ text: String, hint: String? = nil) {
        self.level = level
        self.subject = subject
        self.text = text
        self.hint = hint
    }
}

/// What a store refuses, in words that say what state the data is in.
package enum StoreError: Error, Hashable, Sendable {
    /// Another process holds the job now; this one changed nothing.
    case leaseLost
    case notWaiting(String)
    case notFound(String)
    /// The folder or database cannot be used as it is: the sentence, and what to do.
    case unusable(String, hint: String)
    /// The user's lock could not be had in time.
    case locked(String)
}
