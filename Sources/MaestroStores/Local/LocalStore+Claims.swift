// SPDX-License-Identifier: Apache-2.0
package import Maestro
import Foundation
import GRDB
import Synchronization

extension LocalStore {
    /// What a claim is made of, before the activity is decoded.
    private struct Claimed: Sendable {
        let standing: JobRows.Standing
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
        try await blocking(in: .urgent) { store in
            switch try store.ledger.write(.unsynced, { try store.claim(job, of: user, in: $0) }) {
            case .other(let result): result
            case .claimed(let claimed): .claimed(try store.claimOrBury(claimed))
            }
        }
    }

    private func claim(_ job: Job.ID, of user: UserID, in db: Database) throws -> Found {
        guard let first = try JobRows.standing(of: job, user: user, in: db) else { return .other(.unknown) }
        if first.state == .done, let receipt = try receipt(for: first.reflection, in: db) {
            return .other(.finished(receipt))
        }
        if let running = try JobRows.running(of: user, in: db) {
            if let sentence = try busy(with: running) { return .other(.busy(sentence)) }
            try takeOver(running, in: db)
        }
        guard var standing = try JobRows.standing(of: job, user: user, in: db) else { return .other(.unknown) }
        guard standing.isKept else { throw forgotten(job) }
        if standing.state != .queued, try JobRows.bringBack(standing, at: now, in: db) {
            standing = try JobRows.standing(of: job, user: user, in: db) ?? standing
        }
        guard let claimed = try claim(standing, in: db) else {
            throw StoreError.wrongState("job `\(job)` is \(standing.state.rawValue) and cannot be claimed")
        }
        return .claimed(claimed)
    }

    private func claimOrBury(_ claimed: Claimed) throws -> Claim {
        do throws(UnreadableJob) { return try claim(of: claimed) } catch {
            try bury(claimed, because: error)
            throw StoreError.wrongState("job `\(claimed.standing.job.id)` is dead: \(error.sentence)")
        }
    }

    /// Why the running job cannot be taken over; nil where its holder is dead or its lease ran out.
    private func busy(with running: JobRows.Standing) throws -> String? {
        guard let holder = running.holder, try !isGone(holder) else { return nil }
        let who = try presence.note(of: holder.worker)
        let seconds = max(0, Int(now.timeIntervalSince(holder.claimedAt)))
        return "\(who) has been reflecting on job `\(holder.job)` of user `\(running.job.user)` for \(seconds) s"
    }

    func forgotten(_ job: Job.ID) -> StoreError {
        .wrongState(
            "the activity of job `\(job)` is not kept any more; submit its transcript again, then `maestro retry` it"
        )
    }

    // MARK: - Whose turn it is

    package func claim(upTo limit: Int) async throws -> [Claim] {
        guard limit > 0 else { return [] }
        return try await blocking(in: .urgent) { store in
            try store.claims(of: store.claimDue(upTo: limit))
        }
    }

    private func claimDue(upTo limit: Int) throws -> [Claimed] {
        // Looked at outside a transaction: an idle worker, asking every second, takes no lock and writes nothing.
        let isDue = try ledger.read { try QueueRows.isAnythingDue(at: self.now, in: $0) }
        let gone = try goneJobs(isUrgent: !isDue)
        guard isDue || !gone.isEmpty else { return [] }
        return try ledger.write(.unsynced) { db in
            for standing in gone where try self.isStillGone(standing, in: db) { try self.takeOver(standing, in: db) }
            return try QueueRows.heads(upTo: limit, for: self.presence.token, at: self.now, in: db)
                .compactMap { try self.claim($0, in: db) }
        }
    }

    /// Running jobs whose holders are gone; looked for every two seconds where it is not urgent, because every running job
    /// is looked at, and a busy worker claims with every job that ends.
    private func goneJobs(isUrgent: Bool) throws -> [JobRows.Standing] {
        let moment = now
        guard isUrgent || abs(moment.timeIntervalSince(lastLookForGone.withLock { $0 })) >= 2 else { return [] }
        lastLookForGone.withLock { $0 = moment }
        let workers = try ledger.read { try JobRows.workers(in: $0) }
        let dead = try workers.filter { try !presence.isAlive($0) }
        return try ledger.read { try JobRows.gone(at: moment, deadWorkers: dead, in: $0) }
    }

    /// A holder that woke may have renewed its lease since the job was found.
    private func isStillGone(_ found: JobRows.Standing, in db: Database) throws -> Bool {
        let running = try JobRows.running(of: found.job.user, in: db)
        guard let running, running.token == found.token else { return false }
        return try running.holder.map(isGone) ?? true
    }

    private func isGone(_ holder: JobRows.Holder) throws -> Bool {
        try min(holder.leasedUntil, holder.runUntil) <= now || !presence.isAlive(holder.worker)
    }

    /// Puts a job back whose holder is gone; the third time it is dead, with its row.
    func takeOver(_ standing: JobRows.Standing, in db: Database) throws {
        switch Takeover(after: standing.takeovers, error: standing.error) {
        case .release(let reason): _ = try JobRows.release(standing, because: reason, at: now, in: db)
        case .bury(let error):
            var last = standing
            last.takeovers += 1
            try end(last, as: .failed, error: error, in: db)
            burials.add(Burial(job: last.job, error: error))
        }
    }

    /// Nil where the job is not queued any more.
    private func claim(_ standing: JobRows.Standing, in db: Database) throws -> Claimed? {
        let moment = now
        let runUntil = moment.addingTimeInterval(configuration.maxRunSeconds)
        let leased = moment.addingTimeInterval(configuration.leaseSeconds)
        let lease = Lease(token: configuration.makeToken(), until: min(leased, runUntil))
        guard standing.state == .queued,
            try JobRows.claim(standing, worker: presence.token, lease: lease, runUntil: runUntil, at: moment, in: db)
        else { return nil }
        let activity = try ActivityRows.text(of: standing.job.id, user: standing.job.user, in: db) ?? ""
        return Claimed(standing: standing, lease: lease, runUntil: runUntil, activity: activity)
    }

    /// Decodes the activity; after the transaction, because it takes as long as all the rest.
    private func claim(of claimed: Claimed) throws(UnreadableJob) -> Claim {
        guard claimed.standing.isReadable else { throw UnreadableJob.row }
        guard let activity = JSONText.readable(Activity.self, in: claimed.activity) else {
            throw UnreadableJob.activity
        }
        return Claim(
            job: claimed.standing.job,
            activity: activity,
            lease: claimed.lease,
            attempt: claimed.standing.attempt + 1,
            failures: claimed.standing.failures,
            error: claimed.standing.error,
            runUntil: claimed.runUntil,
            runTime: .seconds(configuration.maxRunSeconds)
        )
    }

    /// One job that cannot be read must not keep the others from being worked on: it is dead, and left out.
    private func claims(of claimed: [Claimed]) throws -> [Claim] {
        var claims: [Claim] = []
        var trouble: (any Error)?
        for item in claimed {
            do throws(UnreadableJob) { claims.append(try claim(of: item)) } catch {
                // It keeps its lease, and who takes it over meets the same again.
                do { try bury(item, because: error) } catch { trouble = error }
            }
        }
        if claims.isEmpty, let trouble { throw trouble }
        return claims
    }

    private func bury(_ claimed: Claimed, because error: UnreadableJob) throws {
        let job = claimed.standing.job
        try ledger.write { db in
            let standing = try JobRows.standing(of: job.id, user: job.user, in: db)
            guard let standing, standing.token == claimed.lease.token else { return }
            try self.end(standing, as: .failed, error: error.sentence, in: db)
            self.burials.add(Burial(job: job, error: error.sentence))
        }
    }

    package func takeBurials() -> [Burial] { burials.take() }
}
