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
        let state = try currentState(of: user, in: scope)
        return try ledger.read { try PlanRows.generation(of: user, in: $0) } == before ? state : nil
    }

    /// What waits of `job` itself is left out: it cannot confirm itself.
    func currentState(
        of user: UserID,
        in scope: Scope,
        and paths: [DocumentPath] = [],
        without job: Job.ID? = nil,
        _ freshness: MemoryFolder.Freshness = .ofFiles
    ) throws -> UserState {
        let contents = try folder(of: user).contents(in: scope, and: paths, freshness)
        let (edits, waiting) = try ledger.read { db in
            (try ChangeRows.pieceEdits(of: user, in: db), try ChangeRows.unconfirmed(of: user, in: db))
        }
        return UserState(
            user: user,
            scope: scope,
            entries: contents.entries,
            pieces: contents.pieces,
            others: contents.others,
            pieceEdits: edits,
            unconfirmed: waiting.filter { $0.job != job },
            moment: now
        )
    }

    package func commit(
        _ request: CommitRequest,
        decide: @Sendable (UserState) throws -> Judgement
    ) async throws -> Receipt {
        try await locked(request.user) {
            try await turnstile.pass {
                if let receipt = try await blocking({ try $0.committed(request.reflection) }) { return receipt }
                let (judgement, state) = try await judgement(on: request, decide)
                try Task.checkCancellation()
                return try await blocking { try $0.commit(request, judgement, state) }
            }
        }
    }

    /// Decides on the state of this moment.
    ///
    /// For a job, thousands of files are not asked about again for a change of one: it is decided on what is known of the
    /// folder, and where any document that would be written is not as it was known, everything is read anew and decided
    /// again. What a person does is decided on files that were all looked at.
    private func judgement(
        on request: CommitRequest,
        _ decide: @Sendable (UserState) throws -> Judgement
    ) async throws -> (Judgement, UserState) {
        if request.claim != nil {
            let known = try await blocking { try $0.state(for: request, .ofNames) }
            let judgement = try decide(known)
            let writes = judgement.decisions.flatMap(\.writes)
            if try await blocking({ try $0.stand(writes, in: request.user) }) { return (judgement, known) }
        }
        let fresh = try await blocking { try $0.state(for: request, .ofFiles) }
        return (try decide(fresh), fresh)
    }

    private func state(for request: CommitRequest, _ freshness: MemoryFolder.Freshness) throws -> UserState {
        try currentState(
            of: request.user,
            in: request.scope,
            and: request.paths,
            without: request.claim?.job.id,
            freshness
        )
    }

    /// Whether every document that would be written stands as it was known.
    private func stand(_ writes: [DocumentWrite], in user: UserID) throws -> Bool {
        guard let root = try Directory.open(folder(of: user).path, .none) else {
            return writes.allSatisfy { $0.before == nil }
        }
        return try writes.allSatisfy { try UserFolder.read($0.path, of: root).equals($0.before) }
    }

    /// The first receipt of a commit that happened before.
    private func committed(_ id: Reflection.ID) throws -> Receipt? {
        var receipt = try ledger.read { try self.receipt(for: id, in: $0) }
        guard let outcome = receipt?.reflection.outcome, outcome != .failed, outcome != .cancelled else { return nil }
        receipt?.wasDoneBefore = true
        return receipt
    }

    /// The commit itself: one transaction, then the files.
    private func commit(_ request: CommitRequest, _ judgement: Judgement, _ state: UserState) throws -> Receipt {
        let plan = try plan(
            for: request.reflection,
            sequence: 1,
            accepting: judgement.decisions.filter { $0.verdict == .accepted },
            on: state
        )
        let before = try lastLineOfFile(of: request.user)
        try prepareFolders(for: plan, of: request.user)
        try ledger.write { db in
            let reflection = try self.write(request, judgement, at: state.moment, in: db)
            try self.write(plan, of: reflection, event: "commit", after: before, in: db)
        }
        return try finish(request.reflection, of: request.user)
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
