// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// A job that this process may work on, for as long as its lease lasts.
package struct Claim: Sendable {
    package let job: Job
    package let activity: Activity
    package let lease: Lease
    /// 1 for the first try.
    package let attempt: Int

    package init(job: Job, activity: Activity, lease: Lease, attempt: Int) {
        self.job = job
        self.activity = activity
        self.lease = lease
        self.attempt = attempt
    }

    package var reflection: Reflection.ID { Reflection.ID(user: job.user, job: job.id) }
}

/// The right to finish one job.
///
/// Every change of state is guarded by its token.
package struct Lease: Hashable, Sendable, Codable {
    package let token: String
    package let until: Date

    package init(token: String, until: Date) {
        self.token = token
        self.until = until
    }
}

/// What `submit` found or did.
package enum Submission: Sendable {
    /// The job is queued now.
    case queued(Job.ID)
    /// It was there before; nothing was changed.
    ///
    /// `state` says how far it is.
    case existing(Job.ID, JobState)
}

/// Where a job stands in the queue.
package enum JobState: String, Sendable, Codable, CaseIterable {
    case queued, running, done, dead, cancelled
}

/// What claiming one very job gave.
package enum ClaimResult: Sendable {
    case claimed(Claim)
    /// Reflected on already: the first receipt.
    case finished(Receipt)
    /// Another live process works for this user; the sentence says which and since when.
    case busy(String)
    /// No such job.
    case unknown
}

/// A reply as it is kept: before anyone uses it, with what it was built from.
package struct StoredReply: Hashable, Sendable, Codable {
    package var reply: ReflectorReply
    package var base: Base
    package var reflector: String
    package var digest: DigestSize
    /// Sentences about what the prompt left out.
    package var notes: [String]

    package init(reply: ReflectorReply, base: Base, reflector: String, digest: DigestSize, notes: [String] = []) {
        self.reply = reply
        self.base = base
        self.reflector = reflector
        self.digest = digest
        self.notes = notes
    }
}

/// One ask: what it cost and how it ended.
///
/// Every ask leaves a row, also the failed ones.
package struct Attempt: Hashable, Sendable, Codable {
    package var reflection: Reflection.ID
    package var startedAt: Date
    package var durationMilliseconds: Int
    package var model: String?
    package var rung: String?
    package var tokensIn: Int?
    package var tokensOut: Int?
    /// The sentence of the failure; nil where a usable reply came.
    package var error: String?

    package init(
        reflection: Reflection.ID,
        startedAt: Date,
        durationMilliseconds: Int,
        model: String? = nil,
        rung: String? = nil,
        tokensIn: Int? = nil,
        tokensOut: Int? = nil,
        error: String? = nil
    ) {
        self.reflection = reflection
        self.startedAt = startedAt
        self.durationMilliseconds = durationMilliseconds
        self.model = model
        self.rung = rung
        self.tokensIn = tokensIn
        self.tokensOut = tokensOut
        self.error = error
    }
}
