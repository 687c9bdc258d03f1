// SPDX-License-Identifier: Apache-2.0

/// `description_too_long`, `body_too_large`: entries stay small enough to be read whole.
struct SizeGuard: Guard {
    func verdict(on change: JudgedChange, in context: GuardContext) -> GuardVerdict {
        guard let memory = change.memory else { return .accept }
        let length = memory.description.count
        guard length <= JudgePolicy.maxDescriptionLength else {
            return .reject(.descriptionTooLong, "\(length) characters of at most \(JudgePolicy.maxDescriptionLength)")
        }
        // One character may carry any number of marks.
        let weight = memory.description.utf8.count
        guard weight <= JudgePolicy.maxDescriptionBytes else {
            return .reject(.descriptionTooLong, "\(weight) bytes of at most \(JudgePolicy.maxDescriptionBytes)")
        }
        let bytes = memory.body.utf8.count
        guard bytes <= context.policy.maxEntryBodyBytes else {
            return .reject(.bodyTooLarge, "\(bytes) bytes of at most \(context.policy.maxEntryBodyBytes)")
        }
        return .accept
    }
}
