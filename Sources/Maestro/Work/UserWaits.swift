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
    /// Users that were refused, with nobody served between.
    private var refusedInARow: Set<UserID> = []

    /// So many different users in a row are no coincidence: it is the endpoint that refuses.
    static let tolerance = 3

    package init() {}

    package mutating func add(_ user: UserID, until: Date, because reason: String, at now: Date) {
        waits = waits.filter { Self.isAhead($0.value, of: now) }
        waits[user] = Wait(until: until, reason: reason)
        refusedInARow.insert(user)
    }

    /// A person asks anew.
    package mutating func remove(_ user: UserID) { waits[user] = nil }

    package mutating func served(_ user: UserID) {
        waits[user] = nil
        refusedInARow = []
    }

    /// Nil where they need not wait, or not any more.
    package func wait(of user: UserID, at now: Date) -> Wait? {
        waits[user].flatMap { Self.isAhead($0, of: now) ? $0 : nil }
    }

    /// Whether it is the endpoint that refuses, and not its users' limits that are used up.
    package var isEndpoint: Bool { refusedInARow.count >= Self.tolerance }

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
