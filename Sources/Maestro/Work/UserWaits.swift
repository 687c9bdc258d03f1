// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Users whom the endpoint serves nothing for a while, such as those whose own budget at a gateway is spent.
///
/// Their jobs are held back without a call; nobody else's are.
package struct UserWaits: Sendable {
    package struct Wait: Hashable, Sendable {
        package let until: Date
        /// What the endpoint said.
        package let reason: String
    }

    private var waits: [UserID: Wait] = [:]

    package init() {}

    package mutating func add(_ user: UserID, until: Date, because reason: String, at now: Date) {
        waits = waits.filter { Self.isAhead($0.value, of: now) }
        waits[user] = Wait(until: until, reason: reason)
    }

    /// They were served, or a person asks anew.
    package mutating func remove(_ user: UserID) { waits[user] = nil }

    /// Nil where they need not wait, or not any more.
    package func wait(of user: UserID, at now: Date) -> Wait? {
        waits[user].flatMap { Self.isAhead($0, of: now) ? $0 : nil }
    }

    /// Whether another user waits, too: then it may be the endpoint, and not the user.
    package func isAnyone(but user: UserID, at now: Date) -> Bool {
        waits.contains { $0.key != user && Self.isAhead($0.value, of: now) }
    }

    /// One that is further ahead than any is long was measured by a clock that was set back since.
    private static func isAhead(_ wait: Wait, of now: Date) -> Bool {
        wait.until > now && wait.until <= now + RetryPolicy.longestRest
    }
}

extension ReflectorError {
    /// Whether the endpoint may have refused this job's user, and no other.
    ///
    /// `isNamed`: it is a gateway that is told whose job a call is for. Only some of them say whose limit it is.
    package func mayBeOfUser(isNamed: Bool) -> Bool {
        switch self {
        case .userRefused: true
        case .rateLimited, .refused(_, status: 403): isNamed
        case .refused, .unreachable, .timedOut, .serverFailed, .blocked, .rejected, .filtered, .contextOverflow,
            .contextTruncated, .unusable:
            false
        }
    }

    /// Whether it waits by itself, whoever's job it is.
    package var isBlocked: Bool {
        if case .blocked = self { true } else { false }
    }
}
