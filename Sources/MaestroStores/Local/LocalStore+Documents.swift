// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
package import Maestro

extension LocalStore {
    package func state(of user: UserID, in scope: Scope) async throws -> UserState {
        if let state = try await blocking({ try $0.undisturbedState(of: user, in: scope) }) { return state }
        // A commit is under way or was interrupted: its lock says when it is over.
        return try await locked(user) { try await blocking { try $0.currentState(of: user, in: scope) } }
    }

    /// Nil where a plan was not applied, or one came while we read: the folder may be half of one state and half of the
    /// next.
    private func undisturbedState(of user: UserID, in scope: Scope) throws -> UserState? {
        guard let before = try ledger.read({ try PlanRows.generation(of: user, in: $0) }) else { return nil }
        let contents = try folder(of: user).contents(in: scope, .ofTouched)
        let (after, facts) = try ledger.read { db in
            (try PlanRows.generation(of: user, in: db), try JudgedFacts(of: user, in: db))
        }
        return after == before ? state(of: user, in: scope, contents, facts) : nil
    }

    /// What waits of `job` itself is left out: it cannot confirm itself.
    func currentState(of user: UserID, in scope: Scope, without job: Job.ID? = nil) throws -> UserState {
        let contents = try folder(of: user).contents(in: scope)
        return state(of: user, in: scope, contents, try ledger.read { try JudgedFacts(of: user, in: $0) }, without: job)
    }

    private func state(
        of user: UserID,
        in scope: Scope,
        _ contents: UserFolder.Contents,
        _ facts: JudgedFacts,
        without job: Job.ID? = nil
    ) -> UserState {
        UserState(
            user: user,
            scope: scope,
            entries: contents.entries,
            pieces: contents.pieces,
            others: contents.others,
            pieceEdits: facts.pieceEdits,
            unconfirmed: facts.unconfirmed.filter { $0.job != job },
            moment: now
        )
    }

    /// One call on one thread from the first question to the last file: on two cores, handing a commit from thread to thread
    /// costs more than most of its steps.
    ///
    /// One that is cancelled while it waits for its turn ends when that comes.
    package func commit(
        _ request: CommitRequest,
        decide: @escaping @Sendable (UserState) throws -> Judgement
    ) async throws -> Receipt {
        try await withUserLock(request.user) {
            let cancellation = Cancellation()
            return try await withTaskCancellationHandler {
                try await blocking(in: .commits) { try $0.commit(request, unless: cancellation, decide) }
            } onCancel: {
                cancellation.arrive()
            }
        }
    }

    /// Under the user's lock.
    private func commit(
        _ request: CommitRequest,
        unless cancellation: Cancellation,
        _ decide: (UserState) throws -> Judgement
    ) throws -> Receipt {
        // It may have waited for a thread.
        try cancellation.check()
        let ground = try groundwork(for: request)
        if let receipt = ground.receipt { return receipt }
        let (judgement, state) = try judgement(on: request, ground.facts, decide)
        try cancellation.check()
        return try commit(request, judgement, state, after: ground.lastLine)
    }

    /// What the database says at one moment, as far as a commit rests on it, when every interrupted plan is finished.
    private struct Groundwork: Sendable {
        /// Of this very commit, where it happened before.
        let receipt: Receipt?
        let facts: JudgedFacts
        let lastLine: IndexLine?
    }

    private func groundwork(for request: CommitRequest) throws -> Groundwork {
        let (ground, isComplete) = try ledger.read { db in
            (
                try self.groundwork(for: request, in: db),
                try PlanRows.unfinished(of: request.user, in: self.configuration.boot, db).isEmpty
            )
        }
        if isComplete { return ground }
        try carryOutPlans(of: request.user)
        return try ledger.read { try self.groundwork(for: request, in: $0) }
    }

    private func groundwork(for request: CommitRequest, in db: Database) throws -> Groundwork {
        Groundwork(
            receipt: try committed(request.reflection, in: db),
            facts: try JudgedFacts(of: request.user, in: db),
            lastLine: try IndexRows.last(of: request.user, in: db)
        )
    }

    /// The first receipt of a commit that happened before.
    private func committed(_ id: Reflection.ID, in db: Database) throws -> Receipt? {
        guard let outcome = try ReflectionRows.outcome(of: id, in: db), outcome != .failed, outcome != .cancelled else {
            return nil
        }
        var receipt = try self.receipt(for: id, in: db)
        receipt?.wasDoneBefore = true
        return receipt
    }

    /// Decides on the state of this moment.
    ///
    /// For a job, thousands of files are not asked about again for a change of one: it is decided on what is known of the
    /// folder, and where any document that would be written is not as it was known, everything is read anew and decided
    /// again. What a person does is decided on files that were all looked at.
    private func judgement(
        on request: CommitRequest,
        _ facts: JudgedFacts,
        _ decide: (UserState) throws -> Judgement
    ) throws -> (Judgement, UserState) {
        if request.claim != nil {
            let known = try state(for: request, facts, .ofNames)
            let judgement = try decide(known)
            if try stand(judgement.decisions.flatMap(\.writes), in: request.user) { return (judgement, known) }
        }
        let fresh = try state(for: request, facts, .ofFiles)
        return (try decide(fresh), fresh)
    }

    private func state(
        for request: CommitRequest,
        _ facts: JudgedFacts,
        _ freshness: MemoryFolder.Freshness
    ) throws -> UserState {
        let contents = try folder(of: request.user).contents(in: request.scope, and: request.paths, freshness)
        return state(of: request.user, in: request.scope, contents, facts, without: request.claim?.job.id)
    }

    /// Whether every document that would be written stands as it was known.
    private func stand(_ writes: [DocumentWrite], in user: UserID) throws -> Bool {
        guard let root = try Directory.open(folder(of: user).path, .none) else {
            return writes.allSatisfy { $0.before == nil }
        }
        return try writes.allSatisfy { try UserFolder.read($0.path, of: root).equals($0.before) }
    }

    /// The commit itself: one transaction, then the files.
    ///
    /// What is to be done is read where it was written, so that the files follow from the rows, as after a crash.
    private func commit(
        _ request: CommitRequest,
        _ judgement: Judgement,
        _ state: UserState,
        after lastLine: IndexLine?
    ) throws -> Receipt {
        let plan = try plan(
            for: request.reflection,
            sequence: 1,
            accepting: judgement.decisions.filter { $0.verdict == .accepted },
            on: state
        )
        let before = try lastLine ?? lastLineOfFile(of: request.user)
        try prepareFolders(for: plan, of: request.user)
        let committed = try ledger.write { db in
            let reflection = try self.write(request, judgement, at: state.moment, in: db)
            return try self.write(plan, of: reflection, event: "commit", after: before, in: db)
        }
        return try finish(committed)
    }

    /// Everything of the transaction but the plan.
    private func write(
        _ request: CommitRequest,
        _ judgement: Judgement,
        at moment: Date,
        in db: Database
    ) throws -> Reflection {
        let tokens = try ReplyRows.tokens(of: request.reflection, in: db)
        let reflection = Reflection(of: request, judged: judgement, tokens: tokens, at: moment)
        try JobRows.register(request.user, at: moment, in: db)
        if let claim = request.claim { try JobRows.finish(claim, as: .done, error: nil, at: moment, in: db) }
        try ReflectionRows.save(reflection, in: db)
        for decision in judgement.decisions {
            try ChangeRows.insert(decision, of: reflection, in: db)
            if decision.verdict == .accepted { try settleAgreement(of: decision, in: reflection, at: moment, in: db) }
        }
        try ChangeRows.markReverted(request.reverts, by: reflection.id, user: request.user, in: db)
        try MetricRows.save(reflection, at: moment, in: db)
        if !configuration.storeLlmRaw { try ReplyRows.eraseText(for: reflection.id, in: db) }
        return reflection
    }

    func settleAgreement(of decision: Decision, in reflection: Reflection, at moment: Date, in db: Database) throws {
        guard let other = decision.agreesWith.flatMap({ ChangeID(parsing: $0) }) else { return }
        let change = ChangeID(reflection.id, decision.ordinal)
        try ChangeRows.agree(other, with: change, user: reflection.user, at: moment, in: db)
        try refreshTotals(of: other.reflection, in: db)
    }

    /// Outcome and counts of a reflection, whose waiting changes were settled, as they are now.
    func refreshTotals(of id: Reflection.ID, in db: Database) throws {
        guard var reflection = try ReflectionRows.reflection(id, in: db) else { return }
        reflection.count(try ChangeRows.decisions(of: id, in: db))
        try ReflectionRows.save(reflection, in: db)
    }
}
