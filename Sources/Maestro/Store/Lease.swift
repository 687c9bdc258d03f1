// SPDX-License-Identifier: Apache-2.0
package import Foundation

/// The right to finish one job.
///
/// Every change of state is guarded by its token.
package struct Lease: Hashable, Sendable, Codable {
    /// How often a holder renews: well within the minute that a lease lasts.
    package static let renewalInterval = Duration.seconds(20)

    package let token: String
    package let until: Date

    package init(token: String, until: Date) {
        self.token = token
        self.until = until
    }
}
