// SPDX-License-Identifier: Apache-2.0

/// One question about one change.
///
/// Guards keep no state and do not know each other.
protocol Guard: Sendable {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict
}

/// What a guard answers.
enum GuardVerdict: Hashable, Sendable {
    case accept
    /// Refused.
    ///
    /// The particulars follow the code's own sentence; empty: there is nothing to add.
    case reject(Rejection, String = "")
    /// Kept for a person, unless another guard refuses it.
    case wait(Rejection, String = "")
    /// Accepted where a waiting change of another job says the same, which is settled by it.
    case agree(with: String)
}
