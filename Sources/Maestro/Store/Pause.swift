// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// Workers claim nothing of a user, or of anybody, for a while.
///
/// A job that is asked for by name is worked on all the same.
package struct Pause: Hashable, Sendable, Codable {
    /// Nil: all users.
    package var user: UserID?
    /// Nil: until it is taken back.
    package var until: Date?
    package var reason: String?
    package var since: Date

    package init(user: UserID?, until: Date? = nil, reason: String? = nil, since: Date) {
        self.user = user
        self.until = until
        self.reason = reason
        self.since = since
    }
}
