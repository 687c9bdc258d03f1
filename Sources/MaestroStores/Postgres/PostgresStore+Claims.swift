// SPDX-License-Identifier: Apache-2.0
#if Postgres
package import Maestro
import Foundation

extension PostgresStore {
    /// Jobs that one call takes over at most.
    private static let takeoverBatch = 100

    /// What a claim is made of, before the activity is decoded.
    private struct Claimed: Sendable {
        let standing: JobTable.Standing
        let attempt: Int
        let lease: Lease
        let runUntil: Date
        let activity: String
    }

    /// What claiming one job gave, likewise.
    private enum Found: Sendable {
        case claimed(Claimed)
        case other(ClaimResult)
    }

    // MARK: - By name

    package func claim(_ job: Job.ID, of user: UserID) async throws -> ClaimResult {
        let lease = configuration.makeToken()
        let found = try await transaction { transaction in
            let locked = try await UserTable.lock(user, at: givenTime, in: transaction)
            return try await claim(job, of: locked, token: lease, in: transaction)
        }
        switch found {
        case .other(let result): return result
        case .claimed(let claimed): return .claimed(try await claimOrBury(claimed))
        }
    }

    private func claim(
        _ job: Job.ID,
        of user: UserTable.Locked,
        token: String,
        in transaction: Transaction
    ) async throws -> Found {
        guard let first = try await JobTable.standing(of: job, user: user.id, in: transaction) else {
            return .other(.unknown)
        }
        if first.state == .done, let receipt = try await receipt(for: first.reflection, in: transaction) {
            return .other(.finished(receipt))
        }
        if let running = try await JobTable.running(of: user.id, in: transaction) {
            // Our own, where the answer of the first try was lost.
            if running.token == token { return .claimed(try await claimed(running, in: transaction)) }
            if let sentence = busy(with: running, at: user.now) { return .other(.busy(sentence)) }
            try await takeOver(running, at: user.now, in: transaction)
        }
        guard var standing = try await JobTable.standing(of: job, user: user.id, in: transaction) else {
            return .other(.unknown)
        }
        guard standing.isKept else { throw forgotten(job) }
        if standing.state != .queued {
            _ = try await JobTable.bringBack(standing, at: user.now, in: transaction)
            standing = try await JobTable.standing(of: job, user: user.id, in: transaction) ?? standing
        }
        let claimant = claimant(token: token, at: user.now)
        guard standing.state == .queued,
            try await JobTable.claim(standing, as: claimant, of: user, in: transaction),
            let running = try await JobTable.running(of: user.id, in: transaction)
        else { throw StoreError.wrongState("job `\(job)` is \(standing.state.rawValue) and cannot be claimed") }
        return .claimed(try await claimed(running, in: transaction))
    }

    private func claimant(token: String, at moment: Date) -> JobTable.Claimant {
        let runUntil = moment.addingTimeInterval(configuration.maxRunSeconds)
        let leased = moment.addingTimeInterval(configuration.leaseSeconds)
        return JobTable.Claimant(
            worker: configuration.name,
            lease: Lease(token: token, until: min(leased, runUntil)),
            runUntil: runUntil
        )
    }

    private func claimOrBury(_ claimed: Claimed) async throws -> Claim {
        do throws(UnreadableJob) { return try claim(of: claimed) } catch {
            try await bury(claimed, because: error)
            throw StoreError.wrongState("job `\(claimed.standing.job.id)` is dead: \(error.sentence)")
        }
    }

    /// Why the running job cannot be taken over; nil where its lease ran out.
    private func busy(with running: JobTable.Standing, at moment: Date) -> String? {
        guard let holder = running.holder, min(holder.leasedUntil, holder.runUntil) > moment else { return nil }
        let who = holder.worker == configuration.name ? "this process" : "another process (\(holder.worker))"
        let seconds = max(0, Int(moment.timeIntervalSince(holder.claimedAt)))
        return "\(who) has been reflecting on job `\(running.job.id)` of user `\(running.job.user)` for \(seconds) s"
    }

    func forgotten(_ job: Job.ID) -> StoreError {
        .wrongState(
            "the activity of job `\(job)` is not kept any more; submit its transcript again, then `maestro retry` it"
        )
    }

    // MARK: - Whose turn it is

    package func claim(upTo limit: Int) async throws -> [Claim] {
        guard limit > 0 else { return [] }
        // A worker asks again by itself, and looks meanwhile whether it is to stop. Not so the claim: where its answer was lost,
        // the next try finds what it got.
        let isAnythingDue = try await Patience.$limit.withValue(.seconds(2)) {
            try await showPresence()
            if leaseChecks.isDue(at: givenTime ?? Date()) { try await takeOverGone() }
            // Looked at outside a transaction: an idle worker, asking every second, takes no lock and writes nothing.
            return try await read(QueueTable.probe, givenTime).first?.value("due") ?? false
        }
        guard isAnythingDue else { return [] }
        return try await claims(of: claimDue(upTo: limit))
    }

    private func claimDue(upTo limit: Int) async throws -> [Claimed] {
        let tokens = configuration.makeToken()
        var isRepeated = false
        return try await repeating {
            defer { isRepeated = true }
            // Where the answer of the first try was lost, it may have claimed all the same.
            if isRepeated {
                let before = try await pool.run(QueueTable.claimedBefore, tokens).rows
                if !before.isEmpty { return try before.map { try claimed($0) } }
            }
            let claim = Statement(
                QueueTable.claim,
                givenTime,
                limit,
                Int(configuration.leaseSeconds * 1000),
                Int(configuration.maxRunSeconds * 1000),
                tokens,
                configuration.name
            )
            return try await pool.run([QueueTable.unsynced, claim])[1].rows.map { try claimed($0) }
        }
    }

    private func claimed(_ row: Answer.Row) throws -> Claimed {
        try claimed(JobTable.standing(of: row), activity: row.optional("activity") ?? "")
    }

    private func claimed(_ running: JobTable.Standing, in transaction: Transaction) async throws -> Claimed {
        let text = try await ActivityTable.text(of: running.job.id, user: running.job.user, in: transaction)
        return try claimed(running, activity: text ?? "")
    }

    private func claimed(_ running: JobTable.Standing, activity: String) throws -> Claimed {
        guard let token = running.token, let holder = running.holder else {
            throw PostgresError.unreadable("the running job `\(running.job.id)` has no lease")
        }
        return Claimed(
            standing: running,
            attempt: running.attempt,
            lease: Lease(token: token, until: holder.leasedUntil),
            runUntil: holder.runUntil,
            activity: activity
        )
    }

    // MARK: - Holders that are gone

    func takeOverGone() async throws {
        let gone = try await read(
            """
            SELECT user_id, id, \(Self.now) AS now FROM jobs
            WHERE state = 'running' AND leased_until <= \(Self.now) ORDER BY leased_until LIMIT $2::int
            """,
            givenTime,
            Self.takeoverBatch
        )
        for row in gone {
            let (user, job): (String, String) = (try row.value("user_id"), try row.value("id"))
            try await transaction { transaction in
                // One whose row a stopped holder keeps locked comes later: nobody else's jobs wait for it.
                let free = try await UserTable.lockUnlessLocked(UserID(user), at: givenTime, in: transaction)
                guard let locked = free else { return }
                let running = try await JobTable.running(of: locked.id, in: transaction)
                guard let running, running.job.id == Job.ID(job), busy(with: running, at: locked.now) == nil else {
                    return
                }
                try await takeOver(running, at: locked.now, in: transaction)
            }
        }
    }

    /// Puts a job back whose holder is gone; the third time it is dead, with its row.
    private func takeOver(
        _ standing: JobTable.Standing,
        at moment: Date,
        in transaction: Transaction
    ) async throws {
        switch Takeover(after: standing.takeovers, error: standing.error) {
        case .release(let reason):
            _ = try await JobTable.release(standing, because: reason, at: moment, in: transaction)
        case .bury(let error):
            var last = standing
            last.takeovers += 1
            try await end(last, as: .failed, error: error, at: moment, in: transaction)
            burials.add(Burial(job: last.job, error: error))
        }
    }

    // MARK: - Decoding

    /// After the transaction, because it takes as long as all the rest.
    private func claim(of claimed: Claimed) throws(UnreadableJob) -> Claim {
        guard claimed.standing.isReadable else { throw UnreadableJob.row }
        guard let activity = JSONText.readable(Activity.self, in: claimed.activity) else {
            throw UnreadableJob.activity
        }
        return Claim(
            job: claimed.standing.job,
            activity: activity,
            lease: claimed.lease,
            attempt: claimed.attempt,
            failures: claimed.standing.failures,
            error: claimed.standing.error,
            runUntil: claimed.runUntil,
            runTime: .seconds(configuration.maxRunSeconds)
        )
    }

    /// One job that cannot be read must not keep the others from being worked on: it is dead, and left out.
    private func claims(of claimed: [Claimed]) async throws -> [Claim] {
        var claims: [Claim] = []
        var trouble: (any Error)?
        for item in claimed {
            do throws(UnreadableJob) { claims.append(try claim(of: item)) } catch {
                // It keeps its lease, and who takes it over meets the same again.
                do { try await bury(item, because: error) } catch { trouble = error }
            }
        }
        if claims.isEmpty, let trouble { throw trouble }
        return claims
    }

    private func bury(_ claimed: Claimed, because error: UnreadableJob) async throws {
        let job = claimed.standing.job
        try await transaction { transaction in
            let locked = try await UserTable.lock(job.user, at: givenTime, in: transaction)
            let standing = try await JobTable.running(of: job.user, in: transaction)
            guard let standing, standing.token == claimed.lease.token else { return }
            try await end(standing, as: .failed, error: error.sentence, at: locked.now, in: transaction)
            burials.add(Burial(job: job, error: error.sentence))
        }
    }

    package func takeBurials() -> [Burial] { burials.take() }
}
#endif
