// SPDX-License-Identifier: Apache-2.0

/// What becomes of a running job whose holder is gone.
package enum Takeover: Hashable, Sendable {
    /// Back into the queue, with this as its error.
    case release(because: String)
    /// Dead: it may be what ends its holders, so it is not tried again by itself.
    case bury(error: String)

    /// A job that was taken over so often is a suspect: it may be what ends its holders.
    ///
    /// A worker runs one suspect at a time, so that no other dies with it for the third time.
    package static let suspectFrom = most - 1

    private static let most = 3
    private static let reason = "its worker died or lost its lease"

    /// `earlier`: how often it was taken over before; `error`: its last error.
    package init(after earlier: Int, error: String?) {
        guard earlier + 1 >= Self.most else {
            self = .release(because: error ?? Self.reason)
            return
        }
        let last = error.flatMap { $0 == Self.reason ? nil : "; before that: \($0)" } ?? ""
        self = .bury(error: "\(Self.reason), \(Self.most) times\(last)")
    }
}
