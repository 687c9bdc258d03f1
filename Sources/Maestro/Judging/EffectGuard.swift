// SPDX-License-Identifier: Apache-2.0

/// `no_effect`: an update that leaves everything as it is.
struct EffectGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        change.operation == .update && change.writes.isEmpty ? .reject(.noEffect) : .accept
    }
}
