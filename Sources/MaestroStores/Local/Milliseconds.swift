// SPDX-License-Identifier: Apache-2.0
import Foundation

extension Date {
    /// How rows hold a time.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// The time that a row gives back.
    var roundedToMilliseconds: Date { Date(milliseconds: milliseconds) }
}
