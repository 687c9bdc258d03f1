// SPDX-License-Identifier: Apache-2.0

/// `too_many_changes`: a reply changes little; what comes behind the limit is not looked at.
///
/// Refused ones do not count.
struct ChangeCountGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard context.earlier.count < context.policy.maxChanges else {
            return .reject(.tooManyChanges, "at most \(context.policy.maxChanges)")
        }
        return .accept
    }
}
