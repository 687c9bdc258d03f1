// SPDX-License-Identifier: Apache-2.0
package import Foundation

package struct HistoryQuery: Sendable {
    package var user: UserID?
    package var kinds: Set<Reflection.Kind>
    package var since: Date?
    package var limit: Int

    package init(
        user: UserID? = nil,
        kinds: Set<Reflection.Kind> = Set(Reflection.Kind.allCases),
        since: Date? = nil,
        limit: Int = 50
    ) {
        self.user = user
        self.kinds = kinds
        self.since = since
        self.limit = limit
    }
}
