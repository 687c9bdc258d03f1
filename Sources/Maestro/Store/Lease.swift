// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// The right to finish one job.
///
/// Every change of state is guarded by its token.
package struct Lease: Hashable, Sendable, Codable {
    /// How often a holder renews: well within the minute that a lease lasts.
    package static let renewalInterval = Duration.seconds(20)
    package static let duration = Duration.seconds(60)
    /// How often a holder looks whether a person has taken the job away: a call costs money for as long as it runs.
    static let watchInterval = Duration.seconds(5)
    /// How soon a holder asks again where the store could not renew.
    static let retryInterval = Duration.seconds(2)

    package let token: String
    package let until: Date

    package init(token: String, until: Date) {
        self.token = token
        self.until = until
    }
}
