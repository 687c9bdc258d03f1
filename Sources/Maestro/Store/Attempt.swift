// SPDX-License-Identifier: Apache-2.0
package import Foundation

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
